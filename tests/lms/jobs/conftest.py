import pytest


@pytest.fixture
def counting(monkeypatch):
    from lms.jobs.services import kinds
    from tests.factories.jobs import Counting

    kind = Counting()
    monkeypatch.setitem(kinds._entries, "counting", kind)
    return kind


@pytest.fixture
def officer(db):
    from tests.factories.people import PersonFactory

    return PersonFactory()


@pytest.fixture
def rows(db):
    """Thirty rows of the world that the counting kind works on."""
    from lms.people.models import OrgUnit
    from tests.factories.people import OrgUnitFactory

    OrgUnit.objects.bulk_create(OrgUnitFactory.build(code=f"R{row}", name="") for row in range(30))
    return lambda: list(OrgUnit.objects.filter(code__startswith="R").order_by("pk").values_list("name", flat=True))

import pytest

from lms.jobs.services import kinds
from lms.people.models import OrgUnit
from tests.factories.jobs import Counting
from tests.factories.people import OrgUnitFactory, PersonFactory


@pytest.fixture
def counting(monkeypatch):
    kind = Counting()
    monkeypatch.setitem(kinds._entries, "counting", kind)
    return kind


@pytest.fixture
def officer(db):
    return PersonFactory()


@pytest.fixture
def rows(db):
    """Thirty rows of the world that the counting kind works on."""
    OrgUnit.objects.bulk_create(OrgUnitFactory.build(code=f"R{row}", name="") for row in range(30))
    return lambda: list(OrgUnit.objects.filter(code__startswith="R").order_by("pk").values_list("name", flat=True))

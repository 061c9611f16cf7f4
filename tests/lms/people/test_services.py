"""Units move with their history; people have dated numbers, places and roles."""

import hashlib
import hmac
from datetime import date, timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lms.audit.models import AuditEntry
from lms.common.errors import Refused
from lms.people import queries, services, vault
from lms.people.errors import (
    ChangeBeforeHistory,
    ChangeInFuture,
    EmailTaken,
    IdentifierInvalid,
    IdentifierTaken,
    RoleHeldAlready,
    RoleNotYours,
    UnitCodeTaken,
    UnitInOwnBranch,
)
from lms.people.models import Ancestry, Identifier, Membership, OrgUnit, OrgUnitVersion, Person, Role
from tests.factories.people import LONG_AGO, MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory, made_up_nip

MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)
DAY = timedelta(days=1)


def closure_by_walking(day: date) -> set[tuple[int, int, int]]:
    """The closure of a day, found the slow way: up from each unit along the versions of that day."""
    parents = {
        version.unit_id: version.parent_id
        for version in OrgUnitVersion.objects.filter(starts_on__lte=day).exclude(ends_on__lt=day)
    }
    links = set()
    for unit in parents:
        ancestor, depth = unit, 0
        while ancestor is not None and ancestor in parents:
            links.add((ancestor, unit, depth))
            ancestor, depth = parents[ancestor], depth + 1
    return links


def closure_as_kept(day: date) -> set[tuple[int, int, int]]:
    return set(Ancestry.objects.holding(day).values_list("ancestor", "unit", "depth"))


class TestTheTree(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from(["open", "move"]), st.integers(0, 50), st.integers(0, 50), st.integers(0, 40)),
            max_size=14,
        )
    )
    def test_the_closure_of_every_day_is_the_tree_of_that_day(self, steps):
        units = [OrgUnitFactory(), OrgUnitFactory()]
        units += [OrgUnitFactory(parent=unit) for unit in units]
        days = {LONG_AGO}
        for verb, which, where, offset in steps:
            on = LONG_AGO + offset * DAY
            days |= {on - DAY, on, on + DAY}
            parent = units[where % len(units)]
            try:
                with transaction.atomic():
                    if verb == "open":
                        units.append(OrgUnitFactory(parent=parent, opened_on=on))
                    else:
                        services.move_unit(units[which % len(units)], parent, on)
            except Refused:
                continue

        for day in days:
            assert closure_as_kept(day) == closure_by_walking(day)
        for unit in OrgUnit.objects.all():
            assert unit.versions.get(ends_on=None).parent_id == unit.parent_id


@pytest.fixture
def tree(db):
    ministry = OrgUnitFactory(code="M")
    province, other = OrgUnitFactory(code="P1", parent=ministry), OrgUnitFactory(code="P2", parent=ministry)
    office = OrgUnitFactory(code="K1", parent=province)
    kua = OrgUnitFactory(code="KUA", parent=office)
    return {"ministry": ministry, "province": province, "other": other, "office": office, "kua": kua}


def test_a_moved_unit_takes_its_branch_along_and_leaves_its_past(tree):
    services.move_unit(tree["office"], tree["other"], MARCH)

    assert tree["kua"] in OrgUnit.objects.in_branch_of(tree["other"])
    assert tree["kua"] not in OrgUnit.objects.in_branch_of(tree["province"])
    assert tree["kua"] in queries.branch_on(tree["province"], MARCH - DAY)
    assert tree["kua"] not in queries.branch_on(tree["other"], MARCH - DAY)
    assert [unit.code for unit in queries.path_of(tree["kua"])] == ["M", "P2", "K1", "KUA"]


def test_moving_costs_the_same_for_a_small_and_a_large_branch(tree):
    for _ in range(30):
        OrgUnitFactory(parent=tree["office"])
    with CaptureQueriesContext(
        connection,
    ) as small:
        services.move_unit(tree["kua"], tree["other"], MARCH)
    with CaptureQueriesContext(connection) as large:
        services.move_unit(tree["office"], tree["other"], MARCH)

    assert len(small) == len(large)


def test_a_unit_cannot_stand_below_itself(tree):
    with pytest.raises(UnitInOwnBranch):
        services.move_unit(tree["province"], tree["kua"], MARCH)
    with pytest.raises(UnitInOwnBranch):
        services.move_unit(tree["province"], tree["province"], MARCH)


def test_a_change_can_neither_lie_in_the_future_nor_before_a_later_one(tree, django_user_model):
    services.move_unit(tree["office"], tree["other"], JUNE)

    with pytest.raises(ChangeBeforeHistory):
        services.move_unit(tree["office"], tree["province"], MARCH)
    with pytest.raises(ChangeBeforeHistory):
        services.move_unit(tree["other"], tree["province"], MARCH)
    with pytest.raises(ChangeInFuture):
        services.move_unit(tree["office"], tree["province"], date(2999, 1, 1))


def test_a_renamed_unit_keeps_the_name_of_each_day(tree):
    services.rename_unit(tree["office"], "Kantor Baru", MARCH)

    assert queries.name_on(tree["office"], MARCH) == "Kantor Baru"
    assert queries.name_on(tree["office"], MARCH - DAY).startswith("Satuan Kerja")


def test_a_code_belongs_to_one_unit(tree):
    with pytest.raises(UnitCodeTaken):
        OrgUnitFactory(code="K1", parent=tree["other"])


def test_the_database_refuses_a_second_parent_and_a_false_depth(tree):
    with pytest.raises(IntegrityError), transaction.atomic():
        Ancestry.objects.create(ancestor=tree["other"], unit=tree["office"], depth=1, starts_on=MARCH)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ancestry.objects.filter(unit=tree["office"], depth=0).update(depth=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrgUnit.objects.filter(pk=tree["office"].pk).update(parent=tree["office"])


def test_a_transfer_closes_the_old_place_and_opens_the_new(tree):
    person = PersonFactory()
    services.set_membership(person, tree["office"], "pns", "Guru", "III/a", LONG_AGO)

    services.set_membership(person, tree["kua"], "pns", "Penghulu", "III/b", MARCH)

    assert list(person.memberships.order_by("starts_on").values_list("unit__code", "starts_on", "ends_on")) == [
        ("K1", LONG_AGO, MARCH - DAY),
        ("KUA", MARCH, None),
    ]
    assert queries.current_membership(person).unit == tree["kua"]
    assert queries.membership_on(person, MARCH - DAY).unit == tree["office"]


def test_the_same_place_again_changes_nothing_and_the_same_day_corrects(tree):
    person = PersonFactory()
    first = services.set_membership(person, tree["office"], "pns", "Guru", "III/a", MARCH)

    assert services.set_membership(person, tree["office"], "pns", "Guru", "III/a", JUNE) == first
    services.set_membership(person, tree["kua"], "pns", "Guru", "III/a", MARCH)

    assert person.memberships.get().unit == tree["kua"]
    with pytest.raises(ChangeBeforeHistory):
        services.set_membership(person, tree["office"], "pns", "Guru", "III/a", LONG_AGO)


def test_who_has_left_belongs_nowhere_from_the_next_day(tree):
    membership = MembershipFactory(unit=tree["office"])

    services.end_membership(membership.person, MARCH)

    assert queries.current_membership(membership.person) is None
    assert queries.membership_on(membership.person, MARCH) == membership


def test_a_new_nip_ends_the_old_one_and_somebody_elses_is_refused(db):
    person, other = PersonFactory(), PersonFactory()
    old, new = made_up_nip(), made_up_nip()
    services.set_identifier(person, "nip", old, LONG_AGO)

    services.set_identifier(person, "nip", f" {new[:8]} {new[8:]}", MARCH)

    assert queries.identity_of(person) == ("NIP", new)
    assert not queries.holder_of(old).exists()
    assert queries.holder_of(new).get() == person
    with pytest.raises(IdentifierTaken):
        services.set_identifier(other, "nip", new, MARCH)
    with pytest.raises(IdentifierInvalid):
        services.set_identifier(other, "nip", "123", MARCH)


def test_a_nik_is_kept_sealed_and_shown_last(db):
    person = services.add_person("Siti Aminah", identifiers={"nik": "3174010101850901"})

    row = Identifier.objects.get(person=person)
    assert "3174010101850901" not in row.value
    assert row.number == "3174010101850901"
    assert queries.identity_of(person) == ("NIK", "3174010101850901")

    nip = made_up_nip()
    services.set_identifier(person, "nip", nip, LONG_AGO)
    assert queries.identity_of(person) == ("NIP", nip)


def test_people_are_added_in_a_fixed_number_of_queries(tree):
    def newcomers(count: int) -> list[services.NewPerson]:
        return [services.NewPerson("Baru", identifiers={"nip": made_up_nip()}, unit=tree["kua"]) for _ in range(count)]

    with CaptureQueriesContext(connection) as few:
        services.add_people(newcomers(2))
    with CaptureQueriesContext(connection) as many:
        services.add_people(newcomers(60))

    assert len(few) == len(many)
    person = Person.objects.order_by("-pk").first()
    assert (person.birth_on is not None, person.sex) == (True, "m")
    assert not person.has_usable_password()


def test_a_taken_number_or_address_adds_nobody(db):
    nip = made_up_nip()
    services.add_person("Satu", email="Satu@Contoh.test", identifiers={"nip": nip})

    with pytest.raises(IdentifierTaken):
        services.add_people([services.NewPerson("Dua"), services.NewPerson("Tiga", identifiers={"nip": nip})])
    with pytest.raises(EmailTaken):
        services.add_person("Empat", email="satu@contoh.test")

    assert Person.objects.count() == 1


def test_administrator_at_the_top_is_administrator_of_the_platform(tree):
    person = PersonFactory()

    services.grant_role(person, Role.Kind.ADMINISTRATOR, tree["province"], by=None)
    assert not Person.objects.get(pk=person.pk).is_superuser
    services.grant_role(person, Role.Kind.ADMINISTRATOR, tree["ministry"], by=None)
    assert Person.objects.get(pk=person.pk).is_superuser
    services.end_role(Role.objects.get(person=person, unit=tree["ministry"]), by=None)
    assert not Person.objects.get(pk=person.pk).is_superuser


def test_authors_and_organizers_join_the_groups_of_the_cms(tree):
    author = PersonFactory()

    here, there = (
        services.grant_role(author, Role.Kind.AUTHOR, unit, by=None) for unit in (tree["province"], tree["other"])
    )
    services.end_role(here, by=None)
    assert list(author.groups.values_list("name", flat=True)) == ["Course authors"]
    services.end_role(there, by=None)

    assert not author.groups.exists()
    assert Group.objects.filter(name="Course authors").exists()
    assert not queries.has_role(author, "author")


def test_who_may_give_which_role_where(tree):
    officer = RoleFactory(unit=tree["province"]).person
    administrator = RoleFactory(unit=tree["province"], kind=Role.Kind.ADMINISTRATOR).person
    of_platform = RoleFactory(unit=tree["ministry"], kind=Role.Kind.ADMINISTRATOR).person
    superior = RoleFactory(unit=tree["ministry"], kind=Role.Kind.SUPERIOR).person

    given = {
        unit: [set(queries.roles_to_give(by, tree[unit])) for by in (officer, administrator, of_platform, superior)]
        for unit in ("kua", "ministry", "other")
    }

    below = set(Role.Kind) - {Role.Kind.ADMINISTRATOR}
    assert given["kua"] == [{"superior"}, below, set(Role.Kind), set()]
    assert given["ministry"] == given["other"] == [set(), set(), set(Role.Kind), set()]
    for unit, kind in (("other", "superior"), ("kua", "hr_officer")):
        with pytest.raises(RoleNotYours):
            services.grant_role(PersonFactory(), kind, tree[unit], by=officer)
    with pytest.raises(RoleNotYours):
        services.end_role(RoleFactory(unit=tree["kua"]), by=officer)


def test_an_officer_appoints_a_superior_for_a_time_and_ends_it(tree):
    officer, head = RoleFactory(unit=tree["province"]).person, PersonFactory()
    member = MembershipFactory(unit=tree["kua"]).person
    today = timezone.localdate()

    role = services.grant_role(
        head, "superior", tree["office"], by=officer, starts_on=today, ends_on=today + timedelta(days=30)
    )
    assert queries.superiors_of([member.pk]) == {member.pk: head.pk}
    services.end_role(role, by=officer, last_day=today + timedelta(days=10))
    services.end_role(role, by=officer, last_day=today + timedelta(days=20))

    role.refresh_from_db()
    assert role.ends_on == today + timedelta(days=10)
    services.end_role(role, by=officer)
    assert queries.superiors_of([member.pk]) == {}
    entries = AuditEntry.objects.filter(target_id=head.pk, by=officer).order_by("pk")
    assert [(entry.action, entry.facts["role"]) for entry in entries] == [
        ("people.grant_role", "superior"),
        ("people.end_role", "superior"),
        ("people.end_role", "superior"),
    ]
    assert entries[0].facts["ends_on"] == (today + timedelta(days=30)).isoformat()


def test_a_role_is_not_given_twice_for_the_same_days(tree):
    head, today = PersonFactory(), timezone.localdate()

    def give(first, last):
        days = [today + timedelta(days=day) if day is not None else None for day in (first, last)]
        return services.grant_role(head, "superior", tree["office"], by=None, starts_on=days[0], ends_on=days[1])

    role = give(0, 30)
    assert give(0, 30) == role
    for days in ((10, 40), (0, None), (30, 31)):
        with pytest.raises(RoleHeldAlready):
            give(*days)
    give(31, None)

    assert Role.objects.count() == 2


def test_a_role_that_has_not_begun_is_taken_back(tree):
    tomorrow = timezone.localdate() + timedelta(days=1)
    role = services.grant_role(PersonFactory(), "author", tree["office"], by=None, starts_on=tomorrow)

    services.end_role(role, by=None)

    assert not Role.objects.exists()


def test_what_comes_with_a_role_begins_and_ends_by_the_calendar(tree, monkeypatch):
    author, today = PersonFactory(), timezone.localdate()
    days = [today + timedelta(days=day) for day in (1, 3)]
    services.grant_role(author, "author", tree["office"], by=None, starts_on=days[0], ends_on=days[1])
    groups = []

    for day in (0, 1, 3, 4, 10):
        monkeypatch.setattr(timezone, "localdate", lambda *_args, day=day: today + timedelta(days=day))
        services.follow_roles()
        groups.append(author.groups.count())

    assert groups == [0, 1, 1, 0, 0]


def test_roles_are_asked_once_however_many_menus_ask(tree, django_assert_num_queries):
    officer = Person.objects.get(pk=RoleFactory(unit=tree["province"]).person.pk)

    with django_assert_num_queries(1):
        assert queries.has_role(officer, "hr_officer")
        assert not queries.has_role(officer, "author")
    assert list(queries.branch_roots(officer, "hr_officer")) == [tree["province"]]


def test_an_officer_sees_the_people_and_units_of_her_branch_and_herself(tree):
    officer = RoleFactory(unit=tree["province"]).person
    inside, outside = MembershipFactory(unit=tree["kua"]), MembershipFactory(unit=tree["other"])
    moved = MembershipFactory(unit=tree["office"]).person
    services.set_membership(moved, tree["other"], "pns", "Guru", "III/a", MARCH)

    assert set(Person.objects.visible_to(officer)) == {officer, inside.person}
    assert set(OrgUnit.objects.visible_to(officer, "hr_officer")) == {tree["province"], tree["office"], tree["kua"]}
    assert not OrgUnit.objects.visible_to(officer, "author").exists()
    assert set(Person.objects.visible_to(outside.person)) == {outside.person}
    assert set(Membership.objects.visible_to(officer)) == {inside}


def test_an_officer_of_the_whole_tree_sees_its_members_and_no_other_tree(tree):
    officer = RoleFactory(unit=tree["ministry"]).person
    inside, elsewhere, nowhere = MembershipFactory(unit=tree["kua"]), MembershipFactory(), PersonFactory()

    assert set(Person.objects.visible_to(officer)) == {officer, inside.person}
    assert elsewhere.person != nowhere

    RoleFactory(unit=elsewhere.unit, person=officer)
    assert set(Person.objects.visible_to(officer)) == {officer, inside.person, elsewhere.person}


def test_an_author_or_organizer_sees_nobody_else(tree):
    author = RoleFactory(unit=tree["ministry"], kind=Role.Kind.AUTHOR).person
    MembershipFactory(unit=tree["kua"])

    assert set(Person.objects.visible_to(author)) == {author}


def test_a_role_that_has_ended_opens_nothing(tree):
    role = RoleFactory(unit=tree["province"])
    officer = role.person
    MembershipFactory(unit=tree["kua"])

    services.end_role(role, by=None)

    assert set(Person.objects.visible_to(officer)) == {officer}
    assert not OrgUnit.objects.visible_to(officer).exists()


def test_changes_leave_an_entry_without_the_number(tree):
    officer = RoleFactory(unit=tree["ministry"]).person
    nip = made_up_nip()

    person = services.add_person("Baru", by=officer)
    services.set_identifier(person, "nip", nip, MARCH, by=officer)

    entries = AuditEntry.objects.filter(target_type="people.person", target_id=person.pk)
    assert set(entries.values_list("action", "by")) == {
        ("people.add_person", officer.pk),
        ("people.set_identifier", officer.pk),
    }
    assert nip not in str(list(entries.values_list("facts", flat=True)))


@pytest.mark.django_db
def test_the_nearest_superior_is_meant_and_nobody_is_her_own():
    ministry = OrgUnitFactory()
    office = OrgUnitFactory(parent=ministry)
    school = OrgUnitFactory(parent=office)
    minister, head = (RoleFactory(kind=Role.Kind.SUPERIOR, unit=unit).person for unit in (ministry, school))
    MembershipFactory(person=head, unit=school)
    teacher = MembershipFactory(unit=school).person
    clerk = MembershipFactory(unit=office).person
    PersonFactory()

    found = queries.superiors_of(Person.objects.values_list("pk", flat=True))

    assert found == {teacher.pk: head.pk, head.pk: minister.pk, clerk.pk: minister.pk}


@given(st.text(max_size=100))
def test_a_numbers_digest_is_its_hmac(number):
    key = vault._derived(django_settings.IDENTIFIER_KEY, "digest")

    assert vault.digest(number) == hmac.new(key, number.encode(), hashlib.sha256).hexdigest()

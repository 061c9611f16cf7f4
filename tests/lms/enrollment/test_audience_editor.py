"""The pages of audiences: filled in step by step, previewed, saved, used, deleted."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from lms.enrollment import services
from lms.enrollment.models import Audience
from lms.people.services import set_identifier
from tests.factories.catalog import CourseFactory
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, RunSeatsFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory, made_up_nip

pytestmark = pytest.mark.django_db

NEW = "/audiences/new/"
WOMEN = {"part": ["1 0 sex"], "c1-sex": "f"}


@pytest.fixture
def office():
    return OrgUnitFactory(name="Kanwil Papua", parent=OrgUnitFactory(name="Kementerian"))


@pytest.fixture
def officer(office):
    return RoleFactory(kind="hr_officer", unit=office).person


@pytest.fixture
def client(officer, client_for):
    return client_for(officer)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def parts(answer):
    return re.findall(r'name="part" value="([^"]+)"', answer.content.decode())


def seen(answer):
    return re.search(r'name="seen" value="(\w+)"', answer.content.decode())[1]


def test_an_audience_is_made_from_an_empty_form_in_plain_posts(client, office):
    MembershipFactory(unit=office, person__sex="f", person__full_name="Maria Rumbiak")
    MembershipFactory(person__sex="f", person__full_name="Orang Jauh")
    MembershipFactory(unit=office, person__sex="m")
    form = {"name": "Perempuan", "organizer": office.pk}

    added = client.post(NEW, form | {"do": "add 0 sex"})
    assert parts(added) == ["1 0 sex"]
    preview = client.post(NEW, form | WOMEN | {"do": "preview"})
    saved = client.post(NEW, form | WOMEN | {"do": "save", "seen": seen(preview)})

    assert "2 orang memenuhi" in text_of(preview)
    assert "Maria Rumbiak" in text_of(preview)
    assert "Orang Jauh" not in text_of(preview)
    audience = Audience.objects.get()
    assert saved.url == f"/audiences/{audience.pk}/"
    assert (audience.organizer, audience.members) == (office, 2)
    assert audience.rule == {"all": [{"kind": "sex", "sex": "f"}]}
    assert "2 orang masuk, 0 orang keluar" in text_of(client.get(saved.url))


def test_nothing_is_saved_that_was_not_previewed(client, office):
    form = {"name": "Perempuan", "organizer": office.pk} | WOMEN
    preview = client.post(NEW, form | {"do": "preview"})

    unseen = client.post(NEW, form | {"do": "save"})
    other = client.post(NEW, form | {"c1-sex": "m", "do": "save", "seen": seen(preview)})

    assert unseen.status_code == other.status_code == 200
    assert "Periksa sekali lagi" in text_of(other)
    assert not Audience.objects.exists()


def test_groups_and_exceptions_come_and_go_and_what_was_typed_stays(client):
    form = {
        "name": "Sedang dibuat",
        "part": ["1 0 age", "2 0 group", "3 2 position", "4 2 group", "5 4 remote"],
        "c1-at_least": "abc",
        "c2-operator": "any",
        "c3-words": "guru\npenghulu",
        "c4-operator": "none",
        "c5-is_remote": "yes",
    }

    added = client.post(NEW, form | {"do": "add 4 province"})
    removed = client.post(NEW, form | {"do": "remove 2"})

    assert parts(added) == ["1 0 age", "2 0 group", "3 2 position", "4 2 group", "5 4 remote", "6 4 province"]
    assert 'value="abc"' in added.content.decode()
    assert "guru\npenghulu" in added.content.decode()
    assert 'class="errorlist"' not in added.content.decode()
    assert parts(removed) == ["1 0 age"]


def test_every_stored_rule_opens_and_saves_unchanged(client, office, officer):
    course, person = CourseFactory(), MembershipFactory(unit=office).person
    rule = {
        "any": [
            {"kind": "unit", "units": [office.pk]},
            {"kind": "unit_type", "types": ["kua", "school"]},
            {"none": [{"kind": "province", "provinces": ["91", "94"]}, {"kind": "remote", "is_remote": False}]},
            {"all": [{"kind": "grade", "scheme": "pppk", "at_most": "IX"}, {"kind": "position", "words": ["Guru"]}]},
            {"kind": "employment", "types": ["pns"]},
            {"kind": "sex", "sex": "m"},
            {"kind": "age", "at_least": 20, "at_most": 30},
            {"kind": "joined", "where": "unit", "first_on": "2020-01-31"},
            {"kind": "served", "where": "ministry", "at_least": 30, "at_most": 120},
            {"kind": "completed", "courses": [course.pk], "done": False},
            {"kind": "hours", "at_most": 19},
            {"kind": "people", "people": [person.pk]},
        ]
    }
    audience = AudienceFactory(organizer=office, rule=rule)
    address = f"/audiences/{audience.pk}/edit/"

    form = fields_of(client.get(address))
    preview = client.post(address, form | {"do": "preview"})
    client.post(address, form | {"do": "save", "seen": seen(preview), "name": "Nama lain"})

    audience.refresh_from_db()
    assert audience.name == "Nama lain"
    assert audience.rule == rule


def fields_of(answer):
    """What a browser would send of the editor's form."""
    html = answer.content.decode()
    html = html[html.index('id="editor"') :]
    html = html[: html.index("</form>")]
    form: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = (re.search(rf' {each}="([^"]*)"', tag) for each in ("name", "value"))
        is_box = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and value and (not is_box or " checked" in tag):
            form.setdefault(name[1], []).append(value[1])
    for name, inside in re.findall(r'<textarea name="([^"]*)"[^>]*>([^<]*)</textarea>', html):
        form[name] = [inside.strip()]
    for name, inside in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', html, re.DOTALL):
        form[name] = re.findall(r'value="([^"]*)" selected', inside)
    return form


def test_what_is_wrong_is_said_beside_the_field(client, office):
    form = {
        "name": "",
        "organizer": office.pk,
        "part": ["1 0 age", "2 0 grade", "3 0 unit", "4 0 group"],
        "c1-at_least": "40",
        "c1-at_most": "30",
        "c2-at_least": "III/a",
        "c2-at_most": "IX",
        "c3-units": "999999",
        "do": "preview",
    }

    answer = client.post(NEW, form)

    assert answer.status_code == 422
    for sentence in (
        "Batas bawah melebihi batas atas.",
        "Pilih kedua golongan dari PNS, atau keduanya dari PPPK.",
        "Satuan kerja ini tidak ada.",
        "Sebuah kelompok memerlukan sekurang-kurangnya satu syarat.",
    ):
        assert sentence in text_of(answer)


def test_units_and_courses_are_found_by_words_and_stay_chosen(client, office):
    school = OrgUnitFactory(name="MAN 1 Jayapura", parent=office)
    OrgUnitFactory(name="MAN 1 Medan")
    course = CourseFactory(title="Moderasi Beragama")
    form = {"part": ["1 0 unit", "2 0 completed"], "c1-units": office.pk}

    plain = client.post(NEW, form | {"c1-units-search": "man papua", "do": "look"})
    box = client.post("/audiences/pick/courses/?name=c2-courses", {"c2-courses-search": "moderasi"})

    assert f'value="{office.pk}" id="id_c1-units-{office.pk}" checked' in plain.content.decode()
    assert f'value="{school.pk}" id="id_c1-units-{school.pk}">' in plain.content.decode()
    assert "Medan" not in text_of(plain)
    assert f'value="{course.pk}" id="id_c2-courses-{course.pk}">' in box.content.decode()


def test_a_pasted_list_names_only_people_of_ones_branch(client, office):
    nip = made_up_nip()
    teacher, colleague = (MembershipFactory(unit=office).person for _ in range(2))
    set_identifier(teacher, "nip", nip, timezone.localdate(), by=None)
    stranger = MembershipFactory().person
    lines = f"{nip[:8]} {nip[8:]}\n{colleague.email.upper()}\n{stranger.email}\n"
    form = {"name": "Daftar", "organizer": office.pk, "part": "1 0 people", "c1-pasted": lines}

    answer = client.post(NEW, form | {"do": "preview"})
    smuggled = client.post(NEW, form | {"c1-pasted": "", "c1-people": stranger.pk, "do": "preview"})

    assert f'value="{teacher.pk}" id="id_c1-people-{teacher.pk}" checked' in answer.content.decode()
    assert f'value="{colleague.pk}" id="id_c1-people-{colleague.pk}" checked' in answer.content.decode()
    assert "1 baris tidak menunjuk siapa pun" in text_of(answer)
    assert f">\n{stranger.email}</textarea>" in answer.content.decode()
    assert smuggled.status_code == 422
    assert stranger.full_name not in text_of(smuggled)


def test_an_edit_says_who_would_enter_and_leave(client, office):
    stays, leaves, enters = (
        MembershipFactory(unit=office, person__full_name=name).person for name in ("Tetap", "Pergi", "Datang")
    )
    rule = {"all": [{"kind": "people", "people": [stays.pk, leaves.pk]}]}
    audience = AudienceFactory(organizer=office, rule=rule)
    address = f"/audiences/{audience.pk}/edit/"
    form = {"name": audience.name, "part": "1 0 people", "c1-people": [stays.pk, enters.pk]}

    preview = client.post(address, form | {"do": "preview"})
    saved = client.post(address, form | {"do": "save", "seen": seen(preview)}, follow=True)

    said = text_of(preview)
    assert "1 orang masuk Datang" in said
    assert "1 orang keluar Pergi" in said
    assert "1 orang masuk, 1 orang keluar" in text_of(saved)


def test_what_another_officer_changed_in_between_is_previewed_again(client, office):
    audience = AudienceFactory(organizer=office)
    address = f"/audiences/{audience.pk}/edit/"
    form = {"name": "Laki-laki", "part": "1 0 sex", "c1-sex": "m"}
    preview = client.post(address, form | {"do": "preview"})
    services.change_audience(audience, name="Lain", rule=audience.rule, by=None)

    again = client.post(address, form | {"do": "save", "seen": seen(preview)})

    assert again.status_code == 200
    assert Audience.objects.get().name == "Lain"


def test_a_name_is_given_once_in_a_unit(client, office):
    AudienceFactory(organizer=office, name="Guru")

    answer = client.post(NEW, {"name": "Guru", "organizer": office.pk} | WOMEN | {"do": "preview"})

    assert answer.status_code == 422
    assert "sudah memiliki sasaran peserta dengan nama tersebut" in text_of(answer)


def test_an_audience_belongs_to_a_branch_of_whoever_makes_it(client):
    strange = OrgUnitFactory()

    answer = client.post(NEW, {"name": "X", "organizer": strange.pk} | WOMEN | {"do": "preview"})

    assert answer.status_code == 422


def test_other_branches_and_learners_find_nothing(office, client_for):
    audience = AudienceFactory(organizer=office)
    pages = [f"/audiences/{audience.pk}/", f"/audiences/{audience.pk}/edit/"]

    for person in (RoleFactory(kind="organizer").person, RoleFactory(kind="author", unit=office).person):
        assert [client_for(person).get(page).status_code for page in pages] == [404, 404]
        assert client_for(person).post(f"/audiences/{audience.pk}/remove/").status_code == 404
    assert client_for(PersonFactory()).get("/audiences/").status_code == 404
    assert audience.name not in text_of(client_for(RoleFactory(kind="organizer").person).get("/audiences/"))


def test_only_what_nothing_uses_is_deleted(client, office):
    used, free = (AudienceFactory(organizer=office) for _ in range(2))
    seating = RunSeatsFactory()
    services.open_to(seating, used, by=None)

    refused = client.post(f"/audiences/{used.pk}/remove/")
    client.post(f"/audiences/{free.pk}/remove/")

    assert refused.status_code == 409
    assert list(Audience.objects.all()) == [used]
    assert str(seating.run) in text_of(client.get(f"/audiences/{used.pk}/"))


def test_what_only_the_past_uses_goes_into_the_archive_and_comes_back(client, office):
    audience = AudienceFactory(organizer=office, name="Penghulu 2024")
    now = timezone.now()
    past = EnrollmentPeriodFactory(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=5))
    services.open_to(past, audience, by=None)
    assert "/archive/" in client.get(f"/audiences/{audience.pk}/").content.decode()

    client.post(f"/audiences/{audience.pk}/archive/", follow=True)

    assert "Penghulu 2024" not in text_of(client.get("/audiences/"))
    assert "Penghulu 2024" in text_of(client.get("/audiences/?archived"))
    assert "/restore/" in client.get(f"/audiences/{audience.pk}/").content.decode()
    assert client.get(f"/audiences/{audience.pk}/edit/").status_code == 409
    client.post(f"/audiences/{audience.pk}/restore/")
    assert "Penghulu 2024" in text_of(client.get("/audiences/"))


def test_the_list_is_searched_and_costs_the_same_for_two_or_twenty(client, office, queries_of):
    AudienceFactory(organizer=office, name="Penghulu")
    services.open_to(RunSeatsFactory().period, AudienceFactory(organizer=office, name="Guru"), by=None)

    client.get("/audiences/")
    few = queries_of(client.get, "/audiences/")
    for _ in range(18):
        services.open_to(RunSeatsFactory(), AudienceFactory(organizer=office), by=None)

    assert queries_of(client.get, "/audiences/") == few
    found = text_of(client.get("/audiences/?q=peng papua"))
    assert "Penghulu" in found
    assert "Guru" not in found


def test_the_editor_costs_the_same_for_two_or_twenty_conditions(client, office, queries_of):
    def form(number):
        names = {"name": "Banyak", "organizer": office.pk, "do": "preview"}
        kinds = ["unit", "people", "completed"]
        parts = [f"{1 + place} 0 {kinds[place % 3]}" for place in range(number * 3)]
        course, person = CourseFactory(), MembershipFactory(unit=office).person
        values = {}
        for place in range(1, number * 3 + 1):
            values |= {f"c{place}-units": office.pk, f"c{place}-people": person.pk, f"c{place}-courses": course.pk}
            values |= {f"c{place}-done": "no"}
        return names | values | {"part": parts}

    few, many = form(2), form(20)
    client.post(NEW, few)

    assert queries_of(client.post, NEW, few) == queries_of(client.post, NEW, many)

from datetime import date

import pytest
from django.core.files.base import ContentFile

from lms.jobs import queries as job_queries
from lms.jobs import services as jobs
from lms.jobs.models import Job
from lms.people import services
from lms.people.models import Identifier, Membership, Person, Role

pytestmark = pytest.mark.django_db

DAY = date(2020, 1, 1)
NIP = "198503172010012901"
OTHER_NIP = "199001012015011902"
HEADING = "NIP;Nama;Email;Kode Satker;Jenis Kepegawaian;Jabatan;Gol/Ruang\n"


@pytest.fixture
def tree(db):
    top = services.create_unit("1", "Kementerian", "ministry", None, DAY)
    return {
        "top": top,
        "aceh": services.create_unit("11", "Kanwil Aceh", "province_office", top, DAY),
        "bali": services.create_unit("51", "Kanwil Bali", "province_office", top, DAY),
    }


@pytest.fixture
def officer(tree):
    person = services.add_person("Officer of Aceh", email="hr@example.test")
    services.grant_role(person, Role.Kind.HR_OFFICER, tree["aceh"], by=None, starts_on=DAY)
    return person


@pytest.fixture
def unit(tree):
    return services.create_unit("1101", "Kantor Kemenag Aceh Selatan", "regency_office", tree["aceh"], DAY)


def upload(officer, text, name="pegawai.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    job = jobs.create("people", officer, source=ContentFile(content, name))
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


def carry_out(job):
    jobs.confirm(job, by=job.by)
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


def codes(job):
    return list(job.problems.order_by("row", "pk").values_list("row", "code"))


def member(tree_unit, nip=NIP, name="Siti Aminah", email=None):
    person = services.add_person(name, email=email, identifiers={"nip": nip})
    services.set_membership(person, tree_unit, "pns", "Guru", "III/c", DAY)
    return person


def test_the_dry_run_counts_and_changes_nothing(officer, unit):
    job = upload(officer, HEADING + f"{NIP};SITI AMINAH, M.PD;siti@example.test;1101;PNS;Guru;III.c\n")

    assert job.state == Job.State.READY, job.trace
    assert (job.counts["new"], job.counts["errors"]) == (1, 0)
    assert not Person.objects.filter(email="siti@example.test").exists()


def test_a_newcomer_gets_a_tidy_name_a_number_and_a_place(officer, unit):
    job = upload(
        officer, HEADING + "19850317 201001 2 901;DR. SITI AMINAH, M.PD;Siti@example.test ;1101;PNS;Guru;III.c\n"
    )

    job = carry_out(job)

    assert job.state == Job.State.DONE, job.trace
    person = Person.objects.get(email="siti@example.test")
    assert (person.name, person.sex, person.birth_on) == ("Dr. Siti Aminah, M.Pd.", "f", date(1985, 3, 17))
    assert person.identifiers.get().value == NIP
    place = person.memberships.get()
    assert (place.unit, place.grade, place.employment_type) == (unit, "III/c", "pns")
    assert job.result


def test_a_unit_outside_the_branch_is_an_error_on_that_row_only(officer, unit):
    rows = f"{NIP};Siti;siti@example.test;51;PNS;;\n{OTHER_NIP};Budi;budi@example.test;1101;PNS;;\n"

    job = carry_out(upload(officer, HEADING + rows))

    assert codes(job) == [(2, "unit_outside")]
    assert job.counts["new"] == 1
    assert not Person.objects.filter(email="siti@example.test").exists()
    assert job.errors_file


def test_nobody_is_taken_over_from_another_branch(officer, unit, tree):
    person = member(tree["bali"])

    job = upload(officer, HEADING + f"{NIP};Siti Aminah;mine@example.test;1101;PNS;;\n")

    assert codes(job) == [(2, "elsewhere")]
    assert person.memberships.get().unit == tree["bali"]


def test_nobody_with_an_office_elsewhere_gets_another_email(officer, unit, tree):
    person = member(unit, email="chief@example.test")
    services.grant_role(person, Role.Kind.HR_OFFICER, tree["top"], by=None, starts_on=DAY)

    job = upload(officer, HEADING + f"{NIP};Siti Aminah;mine@example.test;1101;PNS;;\n")

    assert codes(job) == [(2, "protected")]


def test_a_move_within_the_branch_is_dated_and_keeps_the_past(officer, unit, tree):
    person = member(tree["aceh"])

    job = carry_out(upload(officer, HEADING + f"{NIP};Siti Aminah;;1101;PNS;Guru;III/c\n"))

    assert job.counts["moved"] == 1
    past, present = person.memberships.order_by("starts_on")
    assert (past.unit, past.ends_on is not None) == (tree["aceh"], True)
    assert (present.unit, present.ends_on) == (unit, None)


def test_uploading_the_same_list_again_changes_nothing(officer, unit):
    text = HEADING + f"{NIP};SITI AMINAH, M.PD;siti@example.test;1101;PNS;Guru;III/c\n"
    carry_out(upload(officer, text))

    job = upload(officer, text)

    assert (job.counts["unchanged"], job.counts["to_do"]) == (1, 0)


def test_undoing_brings_back_places_facts_and_numbers_and_removes_newcomers(officer, unit, tree):
    person = member(tree["aceh"])
    rows = f"{NIP};Siti Fatimah;s@example.test;1101;PNS;Kepala;IV/a\n{OTHER_NIP};Budi;budi@example.test;1101;PNS;;\n"
    job = carry_out(upload(officer, HEADING + rows))
    assert Person.objects.filter(email="budi@example.test").exists()

    jobs.undo(job, by=officer)
    jobs.work(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.UNDONE, job.trace
    person.refresh_from_db()
    assert (person.full_name, person.email) == ("Siti Aminah", None)
    place = person.memberships.get()
    assert (place.unit, place.ends_on, place.position) == (tree["aceh"], None, "Guru")
    assert not Person.objects.filter(email="budi@example.test").exists()
    assert Identifier.objects.filter(ends_on=None).count() == 1


def test_undoing_keeps_accounts_that_have_been_used(officer, unit, tree):
    job = carry_out(upload(officer, HEADING + f"{NIP};Budi;budi@example.test;1101;PNS;;\n"))
    services.grant_role(Person.objects.get(email="budi@example.test"), Role.Kind.AUTHOR, unit, by=None)

    jobs.undo(job, by=officer)
    jobs.work(job.pk)

    assert Person.objects.filter(email="budi@example.test").exists()
    assert (2, "undo_in_use") in codes(job)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1.98503E+17;Siti;s@example.test;1101;PNS;;", "identifier_destroyed"),
        ("1,98503E+17;Siti;s@example.test;1101;PNS;;", "identifier_destroyed"),
        ("19850317201001290;Siti;s@example.test;1101;PNS;;", "nip_length"),
        (f"{NIP};Siti;not an address;1101;PNS;;", "email_invalid"),
        (f"{NIP};Siti;s@example.test;9999;PNS;;", "unit_unknown"),
        (f"{NIP};Siti;s@example.test;1101;Sultan;;", "employment_unknown"),
        (f"{NIP};;s@example.test;1101;PNS;;", "name_empty"),
        (";Siti;;1101;PNS;;", "no_identity"),
        (";Siti;s@example.test;1101;;;", "employment_missing"),
    ],
)
def test_every_error_is_told_in_a_sentence(officer, unit, row, code):
    job = upload(officer, HEADING + row + "\n")

    assert code in [found for _row, found in codes(job)]
    lines = job_queries.problem_lines(job, job.problems.all())
    assert all("%(" not in line.text and " " in line.text for line in lines)
    assert job.counts["errors"] == 1


def test_the_same_person_twice_is_an_error_naming_the_first_row(officer, unit):
    row = f"{NIP};Siti;s@example.test;1101;PNS;;\n"

    job = upload(officer, HEADING + row + row)

    assert codes(job) == [(3, "twice")]


def test_a_list_of_two_costs_as_many_queries_per_batch_as_one_of_two_hundred(officer, unit, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(numbers):
        rows = "".join(f"198503172010012{n:03d};Orang Nomor Baru;o{n}@example.test;1101;PNS;;\n" for n in numbers)
        job = upload(officer, HEADING + rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert carry_out(job).state == Job.State.DONE
        return len(queries)

    assert cost(range(1, 3)) == cost(range(10, 210))


def test_hostile_cells_are_kept_as_text_and_disarmed_on_the_way_out(officer, unit):
    job = upload(officer, HEADING + ';=HYPERLINK("http://evil");x@example.test;1101;Sultan;@SUM(A1);\n')

    with job.errors_file.open("rb") as file:
        text = file.read().decode("utf-8-sig")

    assert "'=HYPERLINK" in text
    assert "'@SUM" in text


def test_members_of_the_units_who_are_not_in_the_file_are_counted_and_left_alone(officer, unit):
    member(unit, nip=OTHER_NIP, name="Budi")

    job = carry_out(upload(officer, HEADING + f"{NIP};Siti;s@example.test;1101;PNS;;\n"))

    assert job.counts["not_named"] == 1
    assert Membership.objects.filter(ends_on=None).count() == 2


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_officer_uploads_looks_and_confirms_in_the_browser(client, officer, unit, language):
    client.force_login(officer)
    client.cookies["django_language"] = language
    assert client.get("/people/import/").status_code == 200
    file = ContentFile((HEADING + f"{NIP};Siti;s@example.test;1101;PNS;;\n;Budi;;1101;PNS;;\n").encode(), "pegawai.csv")

    page = client.post("/people/import/", {"file": file})
    job = Job.objects.get()
    jobs.work(job.pk)
    ready = client.get(page.url)
    client.post(f"/jobs/{job.pk}/confirm/")
    under_way = client.get(page.url)
    jobs.work(job.pk)
    done = client.get(page.url)

    assert "NIP" in ready.content.decode()
    assert f"/jobs/{job.pk}/confirm/" in ready.content.decode()
    assert "every 2s" in under_way.content.decode()
    assert f"/jobs/{job.pk}/files/result/" in done.content.decode()
    assert client.get("/people/import/template.xlsx").content[:2] == b"PK"


def test_who_looks_after_nobody_cannot_upload(client, tree):
    client.force_login(services.add_person("Nobody's officer", email="n@example.test"))

    assert client.get("/people/import/").status_code == 404

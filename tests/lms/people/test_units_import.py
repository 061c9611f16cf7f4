from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from lms.jobs import queries as job_queries
from lms.jobs import services as jobs
from lms.jobs.models import Job
from lms.people import services
from lms.people.models import Ancestry, OrgUnit, OrgUnitVersion, Role

pytestmark = pytest.mark.django_db

DAY = date(2020, 1, 1)
HEADING = "Kode Satker;Nama Satker;Jenis;Kode Induk;Tanggal Dibentuk;Terpencil;Provinsi;Zona Waktu\n"


@pytest.fixture
def tree(db):
    top = services.create_unit("1", "Kementerian", "ministry", None, DAY)
    aceh = services.create_unit("11", "Kanwil Aceh", "province_office", top, DAY, province_code="11")
    bali = services.create_unit("51", "Kanwil Bali", "province_office", top, DAY, province_code="51")
    return {
        "top": top,
        "aceh": aceh,
        "bali": bali,
        "south": services.create_unit("1101", "Kankemenag Aceh Selatan", "regency_office", aceh, DAY),
        "north": services.create_unit("1102", "Kankemenag Aceh Utara", "regency_office", aceh, DAY),
        "kua": services.create_unit("110101", "KUA Bakongan", "kua", aceh, DAY),
    }


@pytest.fixture
def officer(tree):
    person = services.add_person("Officer of Aceh", email="hr@example.test")
    services.grant_role(person, Role.Kind.HR_OFFICER, tree["aceh"], by=None, starts_on=DAY)
    return person


@pytest.fixture
def administrator(tree):
    person = services.add_person("Administrator", email="admin@example.test")
    services.grant_role(person, Role.Kind.ADMINISTRATOR, tree["top"], by=None, starts_on=DAY)
    person.refresh_from_db()
    return person


def upload(officer, rows, heading=HEADING):
    job = jobs.create("people.units", officer, source=ContentFile((heading + rows).encode(), "satker.csv"))
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


def carry_out(job):
    jobs.confirm(job, by=job.by)
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


def undo(job):
    jobs.undo(job, by=job.by)
    jobs.work(job.pk)
    return Job.objects.get(pk=job.pk)


def codes(job):
    return list(job.problems.order_by("row", "pk").values_list("row", "code"))


def counted(job):
    return {word: count for word, count in job.counts.items() if count and word not in ("rows", "to_do")}


def above(code):
    links = Ancestry.objects.filter(unit__code=code, ends_on=None).order_by("depth")
    return list(links.values_list("ancestor__code", flat=True))


def whole_tree():
    return (
        sorted(OrgUnit.objects.values_list("code", "name", "parent__code", "unit_type", "is_remote")),
        sorted(Ancestry.objects.filter(ends_on=None).values_list("ancestor__code", "unit__code", "depth")),
    )


def test_the_dry_run_counts_what_would_change_and_changes_nothing(officer):
    before = whole_tree()

    job = upload(
        officer,
        "110102;KUA Kluet;KUA;1101;;;;\n"
        "1101;Kankemenag Kab. Aceh Selatan;;;;;;\n"
        "110101;;;1101;;;;\n"
        "1102;Kankemenag Aceh Utara;;11;;ya;;\n"
        "11;Kanwil Aceh;;;;;;\n",
    )

    assert job.state == Job.State.READY, job.trace
    assert counted(job) == {"new": 1, "renamed": 1, "moved": 1, "changed": 1, "unchanged": 1}
    assert whole_tree() == before


def test_units_are_opened_with_their_place_even_below_a_later_row(officer):
    rows = "11030101;MIN 1;Madrasah;110301;17/08/2021;ya;;\n110301;KUA Baru;KUA;1103;;;;\n"
    rows += "1103;Kankemenag Baru;Kankemenag;11;01/02/2021;tidak;Aceh;WIB\n"

    job = carry_out(upload(officer, rows))

    assert job.state == Job.State.DONE, job.trace
    assert counted(job) == {"new": 3}
    assert above("11030101") == ["11030101", "110301", "1103", "11", "1"]
    school = OrgUnit.objects.get(code="11030101")
    assert (school.unit_type, school.is_remote, school.opened_on) == ("school", True, date(2021, 8, 17))
    assert (school.province_code, school.time_zone) == ("11", "Asia/Jakarta")
    assert OrgUnitVersion.objects.get(unit=school).name == "MIN 1"
    assert job.result


def test_a_move_takes_the_branch_along_and_keeps_the_past(officer):
    rows = "1101;;;1102;;;;\n110101;KUA Bakongan Timur;;1101;;;;\n"

    job = carry_out(upload(officer, rows))

    assert counted(job) == {"moved": 2}
    assert above("110101") == ["110101", "1101", "1102", "11", "1"]
    past, present = OrgUnitVersion.objects.filter(unit__code="110101").order_by("starts_on")
    assert (past.name, past.parent.code, past.ends_on) == (
        "KUA Bakongan",
        "11",
        timezone.localdate() - timedelta(days=1),
    )
    assert (present.name, present.parent.code) == ("KUA Bakongan Timur", "1101")


def test_two_units_can_change_places(officer, tree):
    services.move_unit(tree["kua"], tree["south"], DAY)

    job = carry_out(upload(officer, "1101;;;110101;;;;\n110101;;;11;;;;\n"))

    assert job.state == Job.State.DONE, job.trace
    assert above("1101") == ["1101", "110101", "11", "1"]


def test_uploading_the_same_list_again_changes_nothing(officer):
    rows = "1103;Kankemenag Baru;Kankemenag;11;01/02/2021;tidak;Aceh;WIB\n110101;;;1101;;;;\n"
    carry_out(upload(officer, rows))

    job = upload(officer, rows)

    assert counted(job) == {"unchanged": 2}
    assert job.counts["to_do"] == 0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("1101;;;110101;;;;\n110101;;;1101;;;;\n", [(2, "circle"), (3, "circle")]),
        ("1101;;;1101;;;;\n", [(2, "circle")]),
        ("A;A;KUA;B;;;;\nB;B;KUA;A;;;;\n", [(2, "circle"), (3, "circle")]),
        ("A;A;KUA;B;;;;\nB;B;Istana;11;;;;\n", [(2, "parent_has_error"), (3, "type_unknown")]),
        ("A;A;KUA;99;;;;\n", [(2, "parent_unknown")]),
        ("A;A;KUA;51;;;;\n", [(2, "parent_outside")]),
        ("A;A;KUA;1;;;;\n", [(2, "parent_outside")]),
        ("51;Kanwil Baru;;;;;;\n", [(2, "unit_outside")]),
        ("11;Kanwil Baru;;;;;;\n", [(2, "unit_own")]),
        ("1101;;;51;;;;\n", [(2, "parent_outside")]),
        ("A;A;KUA;11;;;;\na;B;KUA;11;;;;\n", [(3, "code_twice")]),
        ("A;;KUA;11;;;;\n", [(2, "name_missing")]),
        ("A;A;;11;;;;\n", [(2, "type_missing")]),
        ("A;A;KUA;;;;;\n", [(2, "parent_missing")]),
        ("1,1E+17;A;KUA;11;;;;\n", [(2, "code_destroyed")]),
        ("=cmd();A;KUA;11;;;;\n", [(2, "code_invalid")]),
        (";A;KUA;11;;;;\n", [(2, "code_empty")]),
        ("A;A;KUA;11;besok;;;\n", [(2, "date_invalid")]),
        ("A;A;KUA;11;01/01/2999;;;\n", [(2, "date_future")]),
        ("A;A;KUA;11;;mungkin;;\n", [(2, "remote_unknown")]),
        ("A;A;KUA;11;;;Atlantis;\n", [(2, "province_unknown")]),
        ("A;A;KUA;11;;;;GMT\n", [(2, "zone_unknown")]),
        ("1101;;;;02/02/2020;;;\n", [(2, "opened_differs")]),
    ],
)
def test_what_is_wrong_is_told_row_by_row_in_a_sentence(officer, rows, expected):
    job = upload(officer, rows)

    assert codes(job) == expected
    lines = job_queries.problem_lines(job, job.problems.all())
    assert all("%(" not in line.text and " " in line.text for line in lines)


def test_a_circle_that_only_an_error_elsewhere_leaves_is_found(officer, tree):
    services.move_unit(tree["kua"], tree["south"], DAY)

    job = upload(officer, "1101;;;110101;;;;\n110101;;Istana;11;;;;\n")

    assert codes(job) == [(2, "circle"), (3, "type_unknown")]


def test_a_closed_unit_is_left_alone_and_takes_nobody_in(officer, tree):
    OrgUnit.objects.filter(code="1102").update(closed_on=date(2024, 1, 1))

    job = upload(officer, "1102;Lain;;;;;;\nA;A;KUA;1102;;;;\n")

    assert codes(job) == [(2, "unit_closed"), (3, "parent_closed")]


def test_zeros_that_excel_dropped_are_put_back_where_the_unit_is_known(officer, tree):
    services.create_unit("0077", "MAN Nol", "school", tree["aceh"], DAY)

    job = carry_out(upload(officer, "77;MAN Nol;;1101;;;;\nB;KUA B;KUA;77;;;;\n"))

    assert [code for _row, code in codes(job)] == ["code_zeros", "code_zeros"]
    assert above("B") == ["B", "0077", "1101", "11", "1"]


def test_an_administrator_may_work_anywhere_and_begin_with_nothing(administrator):
    job = carry_out(upload(administrator, "51;Kanwil Provinsi Bali;;;;;;\n5101;Baru;KUA;51;;;;\n"))

    assert counted(job) == {"new": 1, "renamed": 1}


def test_undoing_the_same_day_leaves_no_trace(officer):
    before = whole_tree(), OrgUnitVersion.objects.count()
    rows = "1103;Baru;Kankemenag;11;;;;\n110301;KUA Baru;KUA;1103;;;;\n1101;Nama Baru;;1103;;ya;;\n110101;;;1101;;;;\n"
    job = carry_out(upload(officer, rows))
    assert counted(job) == {"new": 2, "moved": 2}

    job = undo(job)

    assert job.state == Job.State.UNDONE, job.trace
    assert whole_tree() == before[0]
    assert not Ancestry.objects.filter(unit__code="1103").exists()


def test_undoing_keeps_units_in_use_and_what_was_changed_again(officer, tree):
    job = carry_out(upload(officer, "1103;Baru;KUA;11;;;;\n1104;Lain;KUA;1103;;;;\n1101;Nama Baru;;;;;;\n"))
    member = services.add_person("Budi", email="budi@example.test")
    services.set_membership(member, OrgUnit.objects.get(code="1104"), "pns", "", "", DAY)
    services.rename_unit(OrgUnit.objects.get(code="1101"), "Nama Lain", timezone.localdate())

    job = undo(job)

    assert sorted(codes(job)) == [(2, "undo_in_use"), (3, "undo_in_use"), (4, "undo_changed")]
    assert OrgUnit.objects.get(code="1101").name == "Nama Lain"


def test_a_batch_costs_the_same_for_two_new_units_or_twenty(officer, queries_of):
    def cost(prefix, number):
        job = upload(officer, "".join(f"{prefix}{n};KUA {n};KUA;1101;;;;\n" for n in range(number)))
        return queries_of(carry_out, job)

    assert cost("A", 2) == cost("B", 20)


def test_a_worker_that_died_between_batches_leaves_a_list_another_can_finish(officer, monkeypatch):
    monkeypatch.setattr("lms.people.imports.units.BATCH", 3)
    job = upload(officer, "".join(f"C{n};KUA {n};KUA;1101;;;;\n" for n in range(8)))
    jobs.confirm(job, by=officer)
    carry_on, calls = services.open_units, []

    def dying(new, *, by):
        calls.append(new)
        if len(calls) == 2:
            raise SystemExit
        return carry_on(new, by=by)

    monkeypatch.setattr(services, "open_units", dying)
    with pytest.raises(SystemExit):
        jobs.work(job.pk)
    assert OrgUnit.objects.filter(code__startswith="C").count() == 3
    Job.objects.filter(pk=job.pk).update(claimed_until=None)

    jobs.work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.counts["new"], job.done) == (Job.State.DONE, 8, 8)
    assert job.changes.count() == 8


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_officer_uploads_looks_and_confirms_in_the_browser(client, officer, language):
    client.force_login(officer)
    client.cookies["django_language"] = language
    page = client.get("/people/units/import/")
    file = ContentFile((HEADING + "1103;Baru;KUA;11;;;;\nA;A;KUA;99;;;;\n").encode(), "satker.csv")

    sent = client.post("/people/units/import/", {"file": file})
    job = Job.objects.get()
    jobs.work(job.pk)
    ready = client.get(sent.url)
    client.post(f"/jobs/{job.pk}/confirm/")
    jobs.work(job.pk)
    done = client.get(sent.url)

    assert "Kanwil Aceh" in page.content.decode()
    assert "99" in ready.content.decode()
    assert f"/jobs/{job.pk}/files/result/" in done.content.decode()
    assert OrgUnit.objects.filter(code="1103").exists()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_template_is_a_list_that_can_be_uploaded(client, officer, language, ending):
    client.force_login(officer)
    client.cookies["django_language"] = language
    template = client.get(f"/people/units/import/template.{ending}").content

    job = jobs.create("people.units", officer, source=ContentFile(template, f"t.{ending}"))
    jobs.work(job.pk)

    job.refresh_from_db()
    assert counted(job) == {"new": 1}, codes(job)


def test_who_looks_after_nobody_cannot_upload(client, tree):
    client.force_login(services.add_person("Nobody's officer", email="n@example.test"))

    assert client.get("/people/units/import/").status_code == 404

"""What was not believed or not enough is looked at by a person, decided once, and settled by real study."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.catalog.models import OutlineItem
from lms.audit.models import AuditEntry
from lms.events.models import Event
from lms.notifications.models import Message
from lms.notifications.queries import lines_of
from lms.progress import errors, pages, queries, services
from lms.progress.evidence import SUSPECT, Account, Beat, Criterion, Medium, Played, length, merged, without
from lms.progress.models import CourseProgress, ItemProgress, Review
from tests.factories.catalog import CourseRunFactory, OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.people import MembershipFactory, OrgUnitFactory, PersonFactory, RoleFactory

State = Review.State
CRITERION = Criterion(4, 90, True, {"7": Medium(1200, "Sambutan")})


class Class:
    """A run with a lesson that asks to be studied, and learners of one office who have opened it."""

    def __init__(self, *, lessons=1):
        self.ministry = OrgUnitFactory()
        self.office = OrgUnitFactory(parent=self.ministry, name="Kantor Kota")
        self.run = CourseRunFactory(organizer=OrgUnitFactory(parent=self.ministry))
        section = OutlineItemFactory(course=self.run.course, kind=OutlineItem.Kind.SECTION, is_required=False)
        self.lessons = [
            OutlineItemFactory(course=self.run.course, parent=section, criterion=CRITERION.stored())
            for _ in range(lessons)
        ]
        self.lesson = self.lessons[0]
        self.officer = RoleFactory(unit=self.office).person
        self.organizer = RoleFactory(unit=self.run.organizer, kind="organizer").person

    def learner(self, name="Ahmad Fauzi"):
        person = MembershipFactory(unit=self.office, person=PersonFactory(full_name=name)).person
        enrollment = EnrollmentFactory(person=person, run=self.run)
        services.open_item(enrollment, self.lesson)
        return enrollment

    def cheat(self, enrollment, *, number=1, seconds=1200, lesson=None):
        """Twenty minutes in twenty seconds."""
        CourseProgress.objects.filter(pk=enrollment.pk).update(counted_to=timezone.now() - timedelta(seconds=20))
        return self.said(enrollment, Beat(number, seconds, [Played("7", 0, seconds, 1.0)]), lesson or self.lesson)

    def study(self, enrollment, *, number=1):
        """All of it, in the time that it takes."""
        CourseProgress.objects.filter(pk=enrollment.pk).update(counted_to=timezone.now() - timedelta(seconds=1300))
        return self.said(enrollment, Beat(number, 1200, [Played("7", 0, 1200, 1.0)]), self.lesson)

    def said(self, enrollment, beat, lesson):
        ticket = pages.ticket_for(enrollment.person_id, enrollment.pk, lesson.pk, lesson.criterion)
        page = pages.page_of(ticket)
        page = page._replace(opened=page.opened - 3600, page="a")
        return services.hear_all([services.Said(page, [beat], 0)])


@pytest.fixture
def group(db):
    return Class()


def review():
    return Review.objects.get()


def test_twenty_minutes_in_twenty_seconds_are_put_on_the_list_once(group):
    place = group.learner()

    for number in range(1, 4):
        group.cheat(place, number=number)

    assert (review().state, review().cause) == (State.OPEN, Review.Cause.CLOCK)
    with pytest.raises(errors.NotStudied):
        services.report(place, group.lesson, completed=True)


def test_a_few_seconds_beyond_the_clock_are_nobodys_business(group):
    group.cheat(group.learner(), seconds=20 + SUSPECT - 1)

    assert not Review.objects.exists()


def test_where_nothing_is_asked_or_all_is_done_nobody_looks(group):
    plain = OutlineItemFactory(course=group.run.course)
    place, studied = group.learner(), group.learner()
    group.cheat(place, lesson=plain)
    group.study(studied)
    group.cheat(studied, number=2)

    assert not Review.objects.exists()


def test_hearing_an_honest_page_costs_no_statement_more(group):
    place = group.learner()
    group.study(place)
    own = {"enrollment": place.pk, "item": group.lesson.pk}
    ItemProgress.objects.filter(**own).update(evidence={}, seconds=0)
    CourseProgress.objects.filter(pk=place.pk).update(counted_to=timezone.now() - timedelta(seconds=20))

    with CaptureQueriesContext(connection) as captured:
        group.said(place, Beat(2, 20, [Played("7", 0, 20, 1.0)]), group.lesson)

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 4


def test_done_before_enough_was_seen_is_refused_and_put_on_the_list(group):
    place = group.learner()

    for _ in range(2):
        with pytest.raises(errors.NotStudied):
            services.finish_lesson(place, group.lesson)

    assert (review().state, review().cause) == (State.OPEN, Review.Cause.NOT_ENOUGH)


def test_who_opened_nothing_has_no_evidence_to_look_at(group):
    place = EnrollmentFactory(run=group.run)

    with pytest.raises(errors.NotStudied):
        services.finish_lesson(place, group.lesson)

    assert not Review.objects.exists()


def test_real_study_settles_an_entry_without_anybody(group):
    place = group.learner()
    group.cheat(place)

    group.study(place, number=2)

    assert (review().state, review().decided_by) == (State.STUDIED, None)
    assert services.finish_lesson(place, group.lesson).completed_at is not None


def test_accepted_evidence_completes_the_lesson_and_the_course_and_is_on_record(group):
    place = group.learner()
    group.cheat(place)

    assert services.accept([review().pk], "Hadir di kantor", by=group.officer) == 1

    decided = review()
    assert (decided.state, decided.decided_by, decided.reason) == (State.ACCEPTED, group.officer, "Hadir di kantor")
    assert decided.evidence["normal"] == {"7": [[0, 23]]}
    assert decided.evidence["seconds"] == 20
    assert ItemProgress.objects.get(item=group.lesson).completed_at is not None
    assert CourseProgress.objects.get(pk=place.pk).percent == 100
    assert [event.facts["enrollment_id"] for event in Event.objects.filter(name="progress.CourseCompleted")] == [
        place.pk
    ]
    entry = AuditEntry.objects.get(action="progress.accept_study")
    assert (entry.by, entry.target_id, entry.facts) == (group.officer, decided.pk, {"reason": "Hadir di kantor"})
    [told] = lines_of(Message.objects.filter(person=place.person))
    assert "Hadir di kantor" in told.text.body
    assert told.message.url == reverse("pages:lesson", args=[place.pk, group.lesson.pk])


def test_accepting_leaves_a_required_activity_to_be_done(group):
    quiz = OutlineItemFactory(
        course=group.run.course,
        parent=group.lesson,
        kind=OutlineItem.Kind.ACTIVITY,
        activity_kind="quiz",
        passing_grade=70,
    )
    place = group.learner()
    group.cheat(place)

    services.accept([review().pk], "Hadir", by=group.officer)

    assert ItemProgress.objects.get(item=group.lesson).completed_at is None
    assert not queries.missing_of(place, group.lesson)
    services.report(place, quiz, completed=True, score=Decimal(80))
    assert services.finish_lesson(place, group.lesson).completed_at is not None
    assert review().state == State.ACCEPTED


def test_what_was_studied_before_the_end_of_the_run_can_be_accepted_after_it(group):
    place = group.learner()
    group.cheat(place)
    group.run.ends_at = timezone.now()
    group.run.save()

    services.accept([review().pk], "Hadir", by=group.officer)

    assert CourseProgress.objects.get(pk=place.pk).completed_at is not None


def test_who_withdrew_completes_nothing(group):
    place = group.learner()
    group.cheat(place)
    type(place).objects.update(status="withdrawn")

    services.accept([review().pk], "Hadir", by=group.officer)

    assert review().state == State.ACCEPTED
    assert CourseProgress.objects.get(pk=place.pk).completed_at is None


def test_asked_to_study_again_she_is_told_and_settles_it_herself(group):
    place = group.learner()
    group.cheat(place)

    services.ask_again([review().pk], "Video dilewati", by=group.officer)

    assert review().state == State.AGAIN
    [told] = lines_of(Message.objects.filter(person=place.person))
    assert "Video dilewati" in told.text.body
    with pytest.raises(errors.NotStudied):
        services.report(place, group.lesson, completed=True)
    group.study(place, number=2)
    assert (review().state, review().decided_by) == (State.STUDIED, group.officer)


def test_who_reports_beyond_belief_again_comes_back_and_hears_of_it_again(group):
    place = group.learner()
    group.cheat(place)
    services.ask_again([review().pk], "Sekali", by=group.officer)

    group.cheat(place, number=2)

    assert (review().state, review().decided_at, review().evidence) == (State.OPEN, None, {})
    services.ask_again([review().pk], "Dua kali", by=group.officer)
    assert Message.objects.filter(person=place.person).count() == 2
    assert AuditEntry.objects.filter(action="progress.ask_again").count() == 2


@pytest.mark.parametrize("decide", [services.accept, services.ask_again])
def test_what_is_decided_stays_so(group, decide):
    place = group.learner()
    group.cheat(place)
    services.ask_again([review().pk], "Pertama", by=group.officer)

    assert decide([review().pk], "Kedua", by=group.organizer) == 0

    assert (review().reason, review().decided_by) == ("Pertama", group.officer)
    assert Message.objects.filter(person=place.person).count() == 1
    assert AuditEntry.objects.filter(action__startswith="progress.").count() == 1


@pytest.mark.parametrize("decide", [services.accept, services.ask_again])
def test_deciding_many_costs_as_many_statements_as_deciding_two(group, queries_of, decide):
    for place in [group.learner() for _ in range(12)]:
        group.cheat(place)
    everything = list(Review.objects.values_list("pk", flat=True))

    two = queries_of(decide, everything[:2], "Hadir", by=group.officer)

    assert queries_of(decide, everything[2:], "Hadir", by=group.officer) == two
    assert not Review.objects.open().exists()


def test_the_officer_of_the_learner_and_the_organizer_of_the_run_see_it_and_nobody_else(group):
    place = group.learner()
    group.cheat(place)
    elsewhere = OrgUnitFactory(parent=group.ministry)
    strangers = [
        RoleFactory(unit=elsewhere).person,
        RoleFactory(unit=elsewhere, kind="organizer").person,
        RoleFactory(unit=group.office, kind="author").person,
        RoleFactory(unit=group.office, kind="organizer").person,
        PersonFactory(),
    ]

    assert [Review.objects.visible_to(person).count() for person in (group.officer, group.organizer)] == [1, 1]
    assert [Review.objects.visible_to(person).count() for person in strangers] == [0] * 5


@pytest.mark.parametrize("kind", ["hr_officer", "administrator"])
def test_nobody_judges_her_own_evidence(group, kind):
    place = group.learner()
    RoleFactory(person=place.person, unit=group.ministry, kind=kind)
    place.person.refresh_from_db()
    group.cheat(place)

    assert not Review.objects.visible_to(place.person).exists()


def test_the_list_goes_on_after_its_last_entry_and_costs_the_same(group, client_for):
    for number in range(25):
        group.cheat(group.learner(f"Peserta {number:02}"))
    client = client_for(group.officer)

    with CaptureQueriesContext(connection) as whole:
        first = client.get("/reviews/").context
    second = client.get(f"/reviews/?{first['following']}").context
    with CaptureQueriesContext(connection) as single:
        alone = client.get("/reviews/", {"q": "Peserta 24"}).context

    names = [entry.review.enrollment.person.full_name for page in (first, second) for entry in page["page"].entries]
    assert names == [f"Peserta {number:02}" for number in range(25)]
    assert (second["following"], len(alone["page"].entries)) == ("", 1)
    # The first page of a client also counts what waits, for the menu.
    assert len(whole) - len(single) in (0, 1)


def test_decided_entries_are_listed_with_what_they_rested_on(group, client_for):
    place = group.learner()
    group.cheat(place)
    services.ask_again([review().pk], "Video dilewati", by=group.officer)
    group.study(place, number=2)
    client = client_for(group.organizer)

    [entry] = client.get("/reviews/", {"state": "decided", "run": group.run.pk}).context["page"].entries

    assert (entry.seconds, entry.strips[0].share, entry.claimed) == (20, 1, 20 + entry.unbelieved)
    assert not client.get("/reviews/").context["page"].entries
    assert not client.get("/reviews/", {"state": "decided", "run": 0, "after": "x"}).context["is_narrowed"]


def posted(client, **fields):
    return client.post("/reviews/decide/", {"decision": "accept", "reason": "Hadir", **fields}, follow=True)


def test_an_officer_decides_those_she_ticked_and_keeps_her_filters(group, client_for):
    for place in (group.learner(), group.learner()):
        group.cheat(place)
    first, second = Review.objects.order_by("pk")
    client = client_for(group.officer)

    answer = posted(client, review=[first.pk], state="open", run=group.run.pk)

    assert answer.redirect_chain[0][0].endswith(f"?run={group.run.pk}&state=open")
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state) == (State.ACCEPTED, State.OPEN)
    assert posted(client, review=[first.pk, second.pk]).status_code == 200
    second.refresh_from_db()
    assert second.state == State.ACCEPTED


def test_a_decision_without_a_reason_is_asked_for_it_and_keeps_what_was_ticked(group, client_for):
    group.cheat(group.learner())
    client = client_for(group.officer)

    answer = posted(client, review=[review().pk], reason=" ")

    assert (answer.status_code, answer.context["chosen"]) == (422, [review().pk])
    assert review().state == State.OPEN
    assert posted(client, review=["x", "9" * 30]).status_code == 200


def test_nobody_decides_what_she_may_not_see(group, client_for):
    group.cheat(group.learner())
    stranger = RoleFactory(unit=OrgUnitFactory(parent=group.ministry)).person

    posted(client_for(stranger), review=[review().pk])

    assert review().state == State.OPEN


def test_the_learner_reads_honest_words(group, client_for):
    place = group.learner()
    client = client_for(place.person)
    address = reverse("pages:lesson", args=[place.pk, group.lesson.pk])
    assert client.get(address).context["review"] is None

    group.cheat(place)
    assert "Tidak semuanya dihitung" in client.get(address).content.decode()

    services.ask_again([review().pk], "Video dilewati", by=group.officer)
    assert "Video dilewati" in client.get(address).content.decode()


def test_the_menu_tells_those_who_decide_how_much_waits(group, client_for):
    place = group.learner()
    group.cheat(place)

    assert 'href="/reviews/"' in client_for(group.officer).get("/learn/").content.decode()
    assert 'href="/reviews/"' not in client_for(place.person).get("/learn/").content.decode()
    assert queries.waiting_count(group.officer) == 1


def test_what_played_fast_and_what_was_skipped_is_drawn():
    account = Account()
    account.hear("a", [Beat(1, 100, [Played("7", 10, 40, 1.0), Played("7", 30, 90, 2.0)])], elapsed=100)

    [strip] = account.strips(Criterion(0, 90, True, {"7": Medium(100, "Sambutan")}))

    assert (strip.normal, strip.fast, strip.fastest) == ([[10, 40]], [[40, 90]], 2.0)
    assert (strip.share, strip.share_fast, strip.skips) == (30, 50, 1)


stretches = st.lists(st.tuples(st.integers(0, 99), st.integers(1, 40)).map(lambda at: [at[0], at[0] + at[1]]))


@given(stretches, stretches)
def test_taking_stretches_away_leaves_exactly_the_rest(some, others):
    taken = merged(others)
    left = without(merged(some), taken)

    inside = {second for start, end in left for second in range(start, end)}
    expected = {second for start, end in merged(some) for second in range(start, end)}
    expected -= {second for start, end in taken for second in range(start, end)}
    assert inside == expected
    assert length(left) == len(inside)

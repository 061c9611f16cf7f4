import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from lms.audit.models import AuditEntry
from lms.jobs import queries, services
from lms.jobs.errors import NotAllowed, NotNow, NumberMismatch
from lms.jobs.models import Job
from lms.jobs.rules import MAX_ATTEMPTS
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)


def create(officer, rows=30):
    return services.create("counting", officer, {"rows": rows})


def fresh(job):
    return Job.objects.get(pk=job.pk)


def no_wait(job):
    Job.objects.filter(pk=job.pk).update(claimed_until=None)


def test_a_job_is_checked_and_changes_nothing_before_the_go_ahead(counting, officer, rows):
    job = create(officer)

    services.work(job.pk)

    job = fresh(job)
    assert (job.state, job.total, job.problems.count()) == (Job.State.READY, 30, 3)
    assert set(rows()) == {""}


def test_a_confirmed_job_does_every_row_once(counting, officer, rows):
    job = create(officer)
    services.work()

    services.confirm(job, by=officer)
    services.work()

    job = fresh(job)
    assert (job.state, job.done) == (Job.State.DONE, 30)
    assert set(rows()) == {"x"}


def test_confirming_twice_starts_it_once(counting, officer, rows):
    job = create(officer)
    services.work()
    services.confirm(job, by=officer)

    with pytest.raises(NotNow):
        services.confirm(job, by=officer)


def test_somebody_who_may_not_use_the_kind_is_refused(counting):
    with pytest.raises(NotAllowed):
        services.create("counting", PersonFactory(email="nobody@example.test"), {"rows": 1})


def test_a_batch_that_breaks_leaves_nothing_and_the_next_worker_goes_on_at_the_checkpoint(counting, officer, rows):
    job = create(officer)
    services.work()
    services.confirm(job, by=officer)
    counting.break_at = 15
    services.work()
    assert rows() == ["x"] * 10 + [""] * 20
    counting.break_at = None
    no_wait(job)

    services.work()

    assert fresh(job).state == Job.State.DONE
    assert set(rows()) == {"x"}


def test_a_batch_that_breaks_again_and_again_fails_the_job_with_its_trace(counting, officer, rows):
    job = create(officer)
    services.work()
    services.confirm(job, by=officer)
    counting.break_at = 15

    for _attempt in range(MAX_ATTEMPTS + 1):
        services.work()
        no_wait(job)

    job = fresh(job)
    assert job.state == Job.State.FAILED
    assert "caught fire" in job.trace
    assert "10" in queries.explanation_of(job)


def test_a_job_that_kills_its_workers_fails_after_some_attempts(counting, officer, rows):
    job = create(officer)
    Job.objects.filter(pk=job.pk).update(attempts=MAX_ATTEMPTS, claimed_until=timezone.now() - timedelta(seconds=1))

    services.work()

    assert (fresh(job).state, fresh(job).explanation) == (Job.State.FAILED, "repeatedly_lost")


def test_a_failed_job_can_go_on(counting, officer, rows):
    job = create(officer)
    services.work()
    services.confirm(job, by=officer)
    counting.break_at = 15
    for _attempt in range(MAX_ATTEMPTS + 1):
        services.work()
        no_wait(job)
    counting.break_at = None

    services.resume(job, by=officer)
    services.work()

    assert fresh(job).state == Job.State.DONE
    assert set(rows()) == {"x"}


def test_a_job_stops_between_batches_and_goes_on_from_there(counting, officer, rows, monkeypatch):
    job = create(officer)
    services.work()
    services.confirm(job, by=officer)
    run = counting.run

    def stopping(job):
        for step in run(job):
            yield step
            if step.done == 10:
                services.request_stop(job, by=officer)

    monkeypatch.setattr(counting, "run", stopping)
    services.work()
    assert (fresh(job).state, rows().count("x")) == (Job.State.STOPPED, 20)
    monkeypatch.setattr(counting, "run", run)

    services.resume(job, by=officer)
    services.work()

    assert set(rows()) == {"x"}


def test_a_job_in_somebodys_hand_is_left_to_her(counting, officer, rows):
    job = create(officer)
    Job.objects.filter(pk=job.pk).update(claimed_until=timezone.now() + timedelta(minutes=1))

    assert services.work(job.pk) is False


def test_a_worker_whose_claim_was_taken_over_does_no_further_batch(counting, officer, rows, monkeypatch):
    job = create(officer)
    services.work()
    services.confirm(job, by=officer)
    run = counting.run

    def overtaken(job):
        for step in run(job):
            yield step
            Job.objects.filter(pk=job.pk).update(claim=uuid.uuid4())

    monkeypatch.setattr(counting, "run", overtaken)
    services.work()

    assert (fresh(job).state, fresh(job).done) == (Job.State.RUNNING, 20)
    assert rows() == ["x"] * 20 + [""] * 10


def test_undoing_puts_things_back_and_ends_the_job(counting, officer, rows):
    job = create(officer)
    services.work()
    services.confirm(job, by=officer)
    services.work()

    services.undo(job, by=officer)
    services.work()

    assert fresh(job).state == Job.State.UNDONE
    assert set(rows()) == {""}
    assert not fresh(job).changes.exists()


def test_undoing_is_refused_when_its_time_is_over_and_what_it_needed_is_forgotten(counting, officer, rows):
    job = create(officer)
    services.work()
    services.confirm(job, by=officer)
    services.work()
    Job.objects.filter(pk=job.pk).update(undo_until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(NotNow):
        services.undo(job, by=officer)
    services.forget()

    assert not fresh(job).changes.exists()
    assert set(rows()) == {"x"}


def test_a_file_that_cannot_be_used_ends_the_check_with_its_reason(counting, officer, monkeypatch):
    from lms.jobs.errors import UnusableSource

    def check(job):
        raise UnusableSource("csv_broken", row=7)
        yield

    monkeypatch.setattr(counting, "check", check)
    job = create(officer)

    services.work()

    assert fresh(job).state == Job.State.REFUSED
    assert "7" in queries.explanation_of(fresh(job))


@pytest.mark.parametrize("typed", ["", "49", "yes"])
def test_a_job_that_looks_like_a_mistake_does_not_start_without_the_number_asked_for(counting, officer, typed):
    job = services.create("counting", officer, {"rows": 60, "counts": {"errors": 20, "to_do": 40}})
    services.work()

    with pytest.raises(NumberMismatch):
        services.confirm(job, by=officer, typed=typed)

    assert fresh(job).state == Job.State.READY
    assert "33" in queries.explanation_of(fresh(job))


def test_the_number_typed_lets_a_doubtful_job_go_on_and_is_kept_in_the_audit_trail(counting, officer, client):
    job = services.create("counting", officer, {"rows": 60, "counts": {"withdrawn": 20, "to_do": 60}})
    services.work()
    client.force_login(officer)
    assert 'name="typed"' in client.get(f"/jobs/{job.pk}/").content.decode()

    client.post(f"/jobs/{job.pk}/confirm/", {"typed": "20"})

    assert fresh(job).state == Job.State.RUNNING
    [entry] = AuditEntry.objects.filter(action="jobs.confirm_doubtful")
    assert (entry.by_id, entry.facts["doubt"], entry.facts["number"]) == (officer.pk, "many_withdrawn", 20)

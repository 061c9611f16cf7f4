"""What learners do in content: where they are, what they reached, and what progress hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from courses.catalog.models import OutlineItem
from courses.h5p import rules
from courses.h5p.models import Attempt, ContentVersion, PlayerState, XapiStatement
from courses.h5p.queries import ACTIVITY
from courses.h5p.rules import Completion, Finished, Said, Stated, StateKept, Unusable, Viewed
from courses.h5p.tokens import Play
from lms.enrollment.models import Enrollment
from lms.progress.errors import NotInCourse
from lms.progress.queries import obstacle
from lms.progress.services import report


@dataclass(frozen=True, slots=True)
class Answer:
    """``refused`` has, for each thing said, why it is not kept, or nothing. ``is_news``: progress may have changed."""

    refused: list[str]
    is_news: bool


@transaction.atomic
def keep(play: Play, enrollment: Enrollment, item: OutlineItem, said: Sequence[Said | Unusable]) -> Answer:
    """Keep what a learner's page says of the content that she plays, and report to progress, all or nothing.

    Safe to repeat: everything has a key of its own. What cannot be used is passed over and named; it would be no
    better the next time. Of states the one made last stays, whatever arrives last.
    """
    now = timezone.now()
    refusal = obstacle(enrollment, item, now)
    if refusal is not None:
        raise refusal
    version = _version(play, item)
    place = _Place(enrollment, item, version, play, now)
    refused = [each.code if isinstance(each, Unusable) else "" for each in said]
    states = [(number, each) for number, each in enumerate(said) if isinstance(each, StateKept)]
    # In one order everywhere, so that two devices that keep the same states do not wait for each other.
    for number, state in sorted(states, key=lambda pair: (pair[1].data_type, pair[1].sub_content)):
        if not _keep_state(place, state):
            refused[number] = "too-many"
    _keep_statements(place, [each for each in said if isinstance(each, Stated)])
    finished = [each for each in said if isinstance(each, Finished)]
    _keep_attempts(place, finished)
    is_news = bool(finished) or any(isinstance(each, Viewed) for each in said)
    if is_news:
        _report(enrollment, item, finished)
    return Answer(refused, is_news)


@dataclass(frozen=True, slots=True)
class _Place:
    enrollment: Enrollment
    item: OutlineItem
    version: ContentVersion
    play: Play
    now: datetime

    def moment(self, said: Said) -> datetime:
        """When it was said, as far as that can be: after the frame was opened and before now."""
        age = min(said.age, (self.now - self.play.opened_at).total_seconds())
        return self.now - timedelta(seconds=max(age, 0))


def _version(play: Play, item: OutlineItem) -> ContentVersion:
    versions = ContentVersion.objects.select_related("content").only("number", "content__states_from")
    version = versions.filter(pk=play.version_id).first()
    if version is None or (item.activity_kind, item.activity_id) != (ACTIVITY, version.content_id):
        # The author put something else there since the page was opened.
        raise NotInCourse
    return version


def _keep_state(place: _Place, said: StateKept) -> bool:
    if said.invalidates and place.version.number < place.version.content.states_from:
        # The content was published anew under an open page: where she was there is nowhere any more.
        return True
    mine = PlayerState.objects.filter(enrollment=place.enrollment, item=place.item)
    made_at = place.moment(said)
    values = {
        "version": place.version,
        "data": said.data,
        "invalidates": said.invalidates,
        "made_at": made_at,
    }
    names = {"data_type": said.data_type, "sub_content": said.sub_content}
    if mine.filter(**names, made_at__lte=made_at).update(**values):
        return True
    if mine.count() >= rules.MOST_STATES:
        return mine.filter(**names).exists()
    state = PlayerState(enrollment=place.enrollment, item=place.item, **names, **values)
    # One that is there already was made later.
    PlayerState.objects.bulk_create([state], ignore_conflicts=True)
    return True


def _keep_statements(place: _Place, said: Sequence[Stated]) -> None:
    if not said:
        return
    room = rules.MOST_STATEMENTS - XapiStatement.objects.filter(enrollment=place.enrollment, item=place.item).count()
    XapiStatement.objects.bulk_create(
        [
            XapiStatement(
                enrollment=place.enrollment,
                item=place.item,
                version=place.version,
                key=each.key,
                verb=each.verb,
                body=each.body,
                made_at=place.moment(each),
            )
            for each in said[: max(room, 0)]
        ],
        ignore_conflicts=True,
    )


def _keep_attempts(place: _Place, said: Sequence[Finished]) -> None:
    if not said:
        return
    room = rules.MOST_ATTEMPTS - Attempt.objects.filter(enrollment=place.enrollment, item=place.item).count()
    rows = []
    for each in said[: max(room, 0)]:
        finished_at = place.moment(each)
        most_seconds = int((finished_at - place.play.opened_at).total_seconds())
        rows.append(
            Attempt(
                enrollment=place.enrollment,
                item=place.item,
                version=place.version,
                key=each.key,
                opened_at=place.play.opened_at,
                finished_at=finished_at,
                seconds=max(0, most_seconds if each.seconds is None else min(each.seconds, most_seconds)),
                score=each.score,
                most=each.most,
                grade=each.grade,
            )
        )
    Attempt.objects.bulk_create(rows, ignore_conflicts=True)


def _report(enrollment: Enrollment, item: OutlineItem, finished: Sequence[Finished]) -> None:
    wanted = item.criterion.get("completion", Completion.COMPLETED)
    grades = [each.grade for each in finished if each.grade is not None]
    best: Decimal | None = max(grades, default=None)
    is_enough = {Completion.VIEWED: True, Completion.SCORE: best is not None}.get(wanted, bool(finished))
    report(enrollment, item, completed=is_enough, score=best)

"""Hearing what open lesson pages say of their readers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lms.common.errors import Refused
from lms.common.statements import Among, InsertMany, Statement, UpdateMany, given_ids
from lms.common.together import Together
from lms.enrollment.models import Enrollment
from lms.progress import errors
from lms.progress.evidence import SUSPECT, Account, Beat, Criterion
from lms.progress.models import CourseProgress, ItemProgress, Review
from lms.progress.pages import OpenPage
from lms.progress.services.listing import put_on_list, take_off_list
from lms.progress.services.locking import locked
from lms.signin.queries import people_of_sessions

GATHERING = 0.2
"""Seconds for which what a page says waits for what others say: nobody looks at its answer."""
ENOUGH = max(1, settings.WEB_THREADS * 3 // 4)
"""With so many nobody waits any more, so that a quarter of the threads is always there for everybody else."""

Place = tuple[int, int]
"""An enrollment and a lesson."""


class Said(NamedTuple):
    """What an open lesson page says of a learner, and how far down it she is."""

    page: OpenPage
    beats: Sequence[Beat]
    position: float


class Heard(NamedTuple):
    """Up to which beat a page was heard, and whether what is known of her now is all that the lesson asks for."""

    number: int
    is_enough: bool


def hear(said: Said, session_key: str) -> Heard:
    """``hear_all`` together with whatever else is said in this moment, when she is signed in who opened the page.

    Raises ``SignInFirst`` or ``AnothersPage`` when she is not, and her own refusal. Who has this session is asked once
    for all, like everything else.
    """
    return _together((session_key, said))


def _hear_signed_in(sent: Sequence[tuple[str, Said]]) -> list[Heard | Refused]:
    people = people_of_sessions({key for key, _said in sent})
    hers = [said for key, said in sent if people.get(key) == said.page.person_id]
    heard = iter(hear_all(hers) if hers else [])
    return [
        next(heard)
        if people.get(key) == said.page.person_id
        else (errors.AnothersPage() if key in people else errors.SignInFirst())
        for key, said in sent
    ]


@transaction.atomic
def hear_all(said: Sequence[Said]) -> list[Heard | Refused]:
    """Add what open lesson pages say of learners to their evidence, time and place; an answer to each, in their order.

    Cheap and safe to repeat: what was heard is passed over. All pages of an enrollment, in whatever windows and on
    whatever devices, share the server's clock, so several at once gain nothing, and a page gains nothing from before it
    was opened. ``NotLearning`` is who has no seat or has not begun; ``RunOver``, when nothing counts any more.

    What cannot have happened in the time, of a lesson that asks for more, puts it on the list of what a person is to
    look at; evidence that becomes enough takes it off.
    """
    enrollments = sorted({each.page.enrollment_id for each in said})
    learners = {progress.pk: progress for progress in _HEARING.all(pks=enrollments)}
    hearing = _Hearing(learners, _HEARD.all(pks=enrollments, items=list({each.page.item_id for each in said})))
    answers = [hearing.hear(each) for each in said]
    hearing.keep()
    return answers


class _Hearing:
    """Progress that is held, and what is to be written of it. Several pages of a learner are heard one by one."""

    def __init__(
        self,
        learners: dict[int, CourseProgress],
        known: Sequence[tuple[int, int, int, dict[str, Any], datetime | None]],
    ) -> None:
        self._now = timezone.now()
        self._learners = learners
        self._known = {(pk, item): (seconds, evidence, done_at) for pk, item, seconds, evidence, done_at in known}
        self._accounts: dict[Place, Account] = {}
        self._positions: dict[Place, float] = {}
        self._doubted: set[Place] = set()
        self._settled: set[Place] = set()

    def hear(self, said: Said) -> Heard | Refused:
        page = said.page
        progress = self._learners.get(page.enrollment_id)
        if progress is None or progress.enrollment.person_id != page.person_id:
            return errors.NotLearning()
        if progress.enrollment.run.ends_at <= self._now:
            return errors.RunOver()
        place = page.enrollment_id, page.item_id
        seconds, evidence, completed_at = self._known.get(place, (0, {}, None))
        account = self._accounts.get(place) or Account.of(seconds, evidence)
        criterion = Criterion.of(page.criterion)
        lacked = completed_at is None and bool(account.missing(criterion))
        suspected = account.unbelieved // SUSPECT
        since = max((progress.counted_to or progress.started_at).timestamp(), page.opened)
        counted, spent = account.hear(page.page, said.beats, self._now.timestamp() - since)
        # What is left of the clock is for what a page could not send yet.
        progress.counted_to = min(self._now, datetime.fromtimestamp(since + spent, UTC))
        progress.seconds += counted
        self._accounts[place], self._positions[place] = account, said.position
        is_enough = not account.missing(criterion)
        if lacked and is_enough:
            self._settled.add(place)
        elif lacked and account.unbelieved // SUSPECT > suspected:
            self._doubted.add(place)
            self._settled.discard(place)
        return Heard(account.heard[page.page], is_enough)

    def keep(self) -> None:
        """Write what was heard, in as many statements for one as for all."""
        if not self._accounts:
            return
        heard = sorted({pk for pk, _item in self._accounts})
        _COUNTED((pk, self._learners[pk].seconds, self._learners[pk].counted_to, self._now) for pk in heard)
        _ACCOUNTED(
            (*place, account.seconds, self._positions[place], account.stored())
            for place, account in self._accounts.items()
        )
        # Whoever is in both came off last.
        put_on_list(self._doubted, Review.Cause.CLOCK)
        take_off_list(self._settled)


_HEARING: Statement[CourseProgress] = Statement(
    lambda: (
        locked()
        .filter(
            Among(F("pk"), given_ids("pks")),
            enrollment__person__is_active=True,
            enrollment__status=Enrollment.Status.SEATED,
        )
        .select_related("enrollment__run")
        .only("seconds", "counted_to", "started_at", "enrollment__person_id", "enrollment__run__ends_at")
        .order_by("pk")
    )
)
_HEARD: Statement[tuple[int, int, int, dict[str, Any], datetime | None]] = Statement(
    lambda: ItemProgress.objects.filter(
        Among(F("enrollment"), given_ids("pks")), Among(F("item"), given_ids("items"))
    ).values_list("enrollment", "item", "seconds", "evidence", "completed_at")
)
_COUNTED = UpdateMany(CourseProgress, "seconds", "counted_to", "last_seen_at")
_ACCOUNTED = InsertMany(
    ItemProgress,
    *("enrollment", "item", "seconds", "position", "evidence"),
    unique=("enrollment", "item"),
    update=("seconds", "position", "evidence"),
)
_together: Together[tuple[str, Said], Heard] = Together(_hear_signed_in, gather=GATHERING, enough=ENOUGH)

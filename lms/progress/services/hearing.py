"""Hearing what open lesson pages say of their readers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField
from django.utils import timezone

from lms.common.statements import Insert, Statement, Update, given, given_id
from lms.enrollment.models import Enrollment
from lms.progress import errors
from lms.progress.evidence import SUSPECT, Account, Beat, Criterion
from lms.progress.models import CourseProgress, ItemProgress, Review
from lms.progress.pages import OpenPage
from lms.progress.services.listing import put_on_list, take_off_list
from lms.progress.services.locking import locked


@transaction.atomic
def hear(page: OpenPage, beats: Sequence[Beat], *, position: float) -> Account:
    """Add what an open lesson page says of a learner to her evidence, time and place.

    Cheap and safe to repeat: what was heard is passed over. All pages of an enrollment, in whatever windows and on
    whatever devices, share the server's clock, so several at once gain nothing, and a page gains nothing from before it
    was opened. Raises ``NotLearning`` when she has no seat or has not begun, ``RunOver`` when nothing counts any more.

    What cannot have happened in the time, of a lesson that asks for more, puts it on the list of what a person is to
    look at; evidence that becomes enough takes it off.
    """
    progress = _HEARING.first(pk=page.enrollment_id, person=page.person_id)
    if progress is None:
        raise errors.NotLearning
    now = timezone.now()
    if progress.enrollment.run.ends_at <= now:
        raise errors.RunOver
    since = max((progress.counted_to or progress.started_at).timestamp(), page.opened)
    own = {"enrollment": page.enrollment_id, "item": page.item_id}
    [(seconds, evidence, completed_at)] = _HEARD.all(**own) or [(0, {}, None)]
    account = Account.of(seconds, evidence)
    criterion = Criterion.of(page.criterion)
    lacked = completed_at is None and bool(account.missing(criterion))
    suspected = account.unbelieved // SUSPECT
    counted, spent = account.hear(page.page, beats, now.timestamp() - since)
    # What is left of the clock is for what a page could not send yet.
    counted_to = min(now, datetime.fromtimestamp(since + spent, UTC))
    _COUNTED(pk=page.enrollment_id, seconds=progress.seconds + counted, counted_to=counted_to, now=now)
    _ACCOUNTED(
        enrollment_id=page.enrollment_id,
        item_id=page.item_id,
        seconds=account.seconds,
        position=position,
        evidence=account.stored(),
    )
    if lacked and not account.missing(criterion):
        take_off_list(page.enrollment_id, page.item_id)
    elif lacked and account.unbelieved // SUSPECT > suspected:
        put_on_list(page.enrollment_id, page.item_id, Review.Cause.CLOCK)
    return account


_HEARING: Statement[CourseProgress] = Statement(
    lambda: (
        locked()
        .filter(
            pk=given_id("pk"),
            enrollment__person=given_id("person"),
            enrollment__person__is_active=True,
            enrollment__status=Enrollment.Status.SEATED,
        )
        .select_related("enrollment__run")
        .only("seconds", "counted_to", "started_at", "enrollment__run__ends_at")
    )
)
_HEARD: Statement[tuple[int, dict[str, Any], datetime | None]] = Statement(
    lambda: ItemProgress.objects.filter(enrollment=given_id("enrollment"), item=given_id("item")).values_list(
        "seconds", "evidence", "completed_at"
    )
)
_COUNTED = Update(
    lambda: CourseProgress.objects.filter(pk=given_id("pk")),
    seconds=given_id("seconds"),
    counted_to=given("counted_to", DateTimeField()),
    last_seen_at=given("now", DateTimeField()),
)
_ACCOUNTED = Insert(ItemProgress, unique=("enrollment", "item"), update=("seconds", "position", "evidence"))

"""Making audiences, and keeping their people in step with the world."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, ProtectedError, Q
from django.utils import timezone

from lms.audit.services import record
from lms.common.batches import batches
from lms.enrollment import errors
from lms.enrollment.events import AudienceChanged, AudienceRuleChanged
from lms.enrollment.models import Audience, AudienceMember, EnrollmentPeriod, RunSeats
from lms.enrollment.queries import matching as compiled
from lms.enrollment.queries import uses_of
from lms.enrollment.rules import audiences as rules
from lms.events.services import announce
from lms.people.models import Ancestry, Membership, OrgUnit, Person

AT_ONCE = 20_000
"""So many people enter or leave in the request that saves a rule; more than that, in the background."""
ANNOUNCED = 1_000
OVERDUE = timedelta(minutes=30)

FOLLOWS = {
    rules.Change.PLACE: "follows_places",
    rules.Change.PERSON: "follows_persons",
    rules.Change.UNIT: "follows_units",
    rules.Change.TRAINING: "follows_training",
    rules.Change.DAY: "follows_days",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """An audience after a change, and how many entered and left by it; nobody yet where ``pending_since`` is set."""

    audience: Audience
    entered: int = 0
    left: int = 0


@transaction.atomic
def create_audience(name: str, organizer: OrgUnit, rule: Any, *, by: Person | None) -> Audience:
    """Make an audience from a rule in JSON, and write down whom it holds: at once, or in the background when many."""
    read = _read(rule)
    audience = Audience(organizer=organizer, name=name, evaluated_on=timezone.localdate())
    _set_rule(audience, read)
    _save(audience)
    record("enrollment.create_audience", [audience], by=by, rule=audience.rule)
    _follow_rule(audience, read)
    return audience


@transaction.atomic
def change_audience(audience: Audience, *, name: str, rule: Any, by: Person | None) -> Changed:
    """Give an audience another name or rule. Who meets both rules stays in it since when she was."""
    read = _read(rule)
    held = lock(audience.pk)
    if held is None:
        raise errors.AudienceGone
    if held.archived_at:
        raise errors.AudienceArchived
    before = {"name": held.name, "rule": held.rule}
    if before == {"name": name, "rule": rules.as_json(read)}:
        return Changed(held)
    held.name = name
    _set_rule(held, read)
    _save(held)
    record("enrollment.change_audience", [held], by=by, before=before, after={"name": name, "rule": held.rule})
    if held.rule == before["rule"]:
        return Changed(held)
    return Changed(held, *_follow_rule(held, read))


@transaction.atomic
def remove_audience(audience: Audience, *, by: Person | None) -> None:
    """Remove an audience that nothing names."""
    record("enrollment.remove_audience", [audience], by=by, name=audience.name, rule=audience.rule)
    try:
        audience.delete()
    except ProtectedError as error:
        raise errors.AudienceInUse from error


@transaction.atomic
def archive_audience(audience: Audience, *, by: Person | None) -> None:
    """Put an audience away that only names what is over: its rule stays, its people are forgotten. Safe to repeat."""
    held = lock(audience.pk)
    if held is None:
        raise errors.AudienceGone
    if held.archived_at:
        return
    if any(not use.is_over for use in uses_of(held)):
        raise errors.AudienceGoesOn
    AudienceMember.objects.filter(audience=held)._raw_delete(connection.alias)
    held.archived_at, held.members, held.pending_since = timezone.now(), 0, None
    held.save(update_fields=["archived_at", "members", "pending_since"])
    record("enrollment.archive_audience", [held], by=by)


@transaction.atomic
def restore_audience(audience: Audience, *, by: Person | None) -> Audience:
    """Bring an audience back from the archive, with the people who meet its rule today. Safe to repeat."""
    held = lock(audience.pk)
    if held is None:
        raise errors.AudienceGone
    if held.archived_at is None:
        return held
    held.archived_at, held.evaluated_on = None, timezone.localdate()
    held.save(update_fields=["archived_at", "evaluated_on"])
    record("enrollment.restore_audience", [held], by=by)
    _follow_rule(held, rules.stored_rule(held.rule))
    return held


def hold_for_use(audience_ids: Iterable[int | None]) -> None:
    """See to it that none of these audiences is in the archive, or goes there before the end of the transaction."""
    wanted = {pk for pk in audience_ids if pk is not None}
    if not wanted:
        return
    held = Audience.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    if any(archived_at for archived_at in held.values_list("archived_at", flat=True)):
        raise errors.AudienceArchived


@transaction.atomic
def open_to(offer: RunSeats | EnrollmentPeriod, audience: Audience | None, *, by: Person | None) -> None:
    """Let only an audience enroll in a run, or in all runs of a period; ``None`` is everybody. Places given stay."""
    if offer.audience_id == (audience and audience.pk):
        return
    hold_for_use([audience.pk if audience else None])
    before, offer.audience = offer.audience_id, audience
    offer.save(update_fields=["audience"])
    record("enrollment.open_to", [offer], by=by, before=before, after=audience and audience.pk)


def rebuild(audience_id: int) -> None:
    """Write down whom the audience holds, whatever was written before; only what differs is touched."""
    _refresh(audience_id, None)


def lock(audience_id: int) -> Audience | None:
    """The audience's row, held until the end of the transaction: one refresh or change of it at a time.

    Otherwise one that looked earlier could write later, and what it saw then would stand.
    """
    held: Audience | None = Audience.objects.select_for_update(no_key=True).filter(pk=audience_id).first()
    return held


def follow_people(person_ids: Collection[int], *, places: bool, persons: bool, are_new: bool = False) -> None:
    """Answer anew for these people, in the audiences that such a change can touch, and in no other.

    Newcomers are new to every rule, also to one that only asks what somebody has not done.
    """
    touched = Q(pk__in=[])
    if places:
        touched |= Q(follows_places=True)
    if persons:
        touched |= Q(follows_persons=True)
    if are_new:
        touched = Q()
    for pk in Audience.objects.current().filter(touched).order_by("pk").values_list("pk", flat=True):
        _refresh(pk, Q(pk__in=person_ids))


def follow_units(unit_ids: Collection[int]) -> None:
    """Answer anew for the people of these branches, in the audiences whose rule asks about units."""
    branches = Ancestry.objects.filter(ends_on=None, ancestor__in=unit_ids).values("unit")
    people = Membership.objects.filter(ends_on=None, unit__in=branches).values("person")
    for pk in Audience.objects.current().filter(follows_units=True).order_by("pk").values_list("pk", flat=True):
        _refresh(pk, Q(pk__in=people))


def follow_completion(person_id: int, course_id: int) -> None:
    """Answer anew for her who completed a course, where a rule asks about the course or about hours."""
    followers = Audience.objects.current().filter(follows_training=True).order_by("pk")
    for pk, rule in followers.values_list("pk", "rule"):
        if any(_asks_about(condition, course_id) for condition in rules.conditions_of(rules.stored_rule(rule))):
            _refresh(pk, Q(pk=person_id))


def follow_days() -> int:
    """Answer anew for those whom time has brought over a limit since the last look; return how many audiences it were.

    Safe to repeat, and due once a day: nobody else is looked at. An audience whose people were never written, because
    the worker that was to do it is gone, is written here.
    """
    today = timezone.localdate()
    due = list(Audience.objects.current().filter(follows_days=True, evaluated_on__lt=today).order_by("pk"))
    for audience in due:
        crossed = compiled.crossing(rules.stored_rule(audience.rule), audience.evaluated_on, today)
        if crossed is not None:
            _refresh(audience.pk, crossed)
        Audience.objects.filter(pk=audience.pk, changed_at=audience.changed_at).update(evaluated_on=today)
    long_ago = timezone.now() - OVERDUE
    for pk in Audience.objects.filter(pending_since__lt=long_ago).order_by("pk").values_list("pk", flat=True):
        rebuild(pk)
    return len(due)


def _asks_about(condition: rules.Condition, course_id: int) -> bool:
    if isinstance(condition, rules.HasCompleted):
        return course_id in condition.courses
    return isinstance(condition, rules.HasHours)


@transaction.atomic
def _refresh(audience_id: int, scope: Q | None) -> tuple[int, int]:
    """Bring the rows of the people in ``scope`` (``None``: everybody) in line with the rule; how many came and went."""
    audience = lock(audience_id)
    if audience is None or audience.archived_at:
        return 0, 0
    today = timezone.localdate()
    entered, left = _write(audience, rules.stored_rule(audience.rule), scope, today)
    changed: dict[str, Any] = {}
    if scope is None:
        changed = {"pending_since": None, "evaluated_on": today}
    if len(entered) != len(left):
        changed["members"] = F("members") + len(entered) - len(left)
    if changed:
        Audience.objects.filter(pk=audience_id).update(**changed)
    for people in batches(sorted(entered), ANNOUNCED):
        announce(AudienceChanged(audience_id, entered=list(people), left=[]))
    for people in batches(sorted(left), ANNOUNCED):
        announce(AudienceChanged(audience_id, entered=[], left=list(people)))
    return len(entered), len(left)


def _write(audience: Audience, rule: rules.Group, scope: Q | None, today: date) -> tuple[list[int], list[int]]:
    """Write who enters, remove who leaves: two statements, whose rows never pass through here."""
    meets = compiled.matching(rule, today)
    rows = AudienceMember.objects.filter(audience=audience)
    entering = meets.filter(~Exists(rows.filter(person=OuterRef("pk"))))
    leaving = rows.filter(~Exists(meets.filter(pk=OuterRef("person"))))
    if scope is not None:
        entering = entering.filter(scope)
        leaving = leaving.filter(person__in=Person.objects.filter(scope).values("pk"))
    table = connection.ops.quote_name(AudienceMember._meta.db_table)
    with connection.cursor() as cursor:
        compiled.make_room(cursor)
        select, values = leaving.values("pk").query.sql_with_params()
        cursor.execute(f"DELETE FROM {table} WHERE id IN ({select}) RETURNING person_id", values)  # noqa: S608
        left = [row[0] for row in cursor.fetchall()]
        select, values = entering.values_list("pk").query.sql_with_params()
        cursor.execute(
            f"INSERT INTO {table} (audience_id, person_id, since)"  # noqa: S608
            f" SELECT %s, met.*, %s FROM ({select}) AS met RETURNING person_id",
            [audience.pk, connection.ops.adapt_datetimefield_value(timezone.now()), *values],
        )
        entered = [row[0] for row in cursor.fetchall()]
    return entered, left


def _follow_rule(audience: Audience, rule: rules.Group) -> tuple[int, int]:
    meets = compiled.matching(rule, timezone.localdate())
    if audience.members > AT_ONCE or meets.values("pk")[: AT_ONCE + 1].count() > AT_ONCE:
        audience.pending_since = timezone.now()
        audience.save(update_fields=["pending_since"])
        announce(AudienceRuleChanged(audience.pk))
        return 0, 0
    moved = _refresh(audience.pk, None)
    audience.refresh_from_db()
    return moved


def _read(rule: Any) -> rules.Group:
    read, problems = rules.read_rule(rule)
    if read is None:
        raise errors.RuleInvalid(problems)
    return read


def _set_rule(audience: Audience, rule: rules.Group) -> None:
    audience.rule = rules.as_json(rule)
    followed = rules.followed_by(rule)
    for change, name in FOLLOWS.items():
        setattr(audience, name, change in followed)
    audience.changed_at = timezone.now()


def _save(audience: Audience) -> None:
    try:
        with transaction.atomic():
            audience.save()
    except IntegrityError as error:
        raise errors.AudienceNameTaken from error

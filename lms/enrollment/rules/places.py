"""Whether a place may be taken, decided on plain values."""

from dataclasses import dataclass
from datetime import datetime

OPEN = "open"
WAITING_LIST = "waiting_list"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the decision needs to know of a run. ``opens_at`` is empty while the run is in no period."""

    is_cancelled: bool
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    is_full: bool


def refusal_of_run(run: RunFacts, now: datetime) -> str | None:
    """The code of the reason why nobody can get a place, or ``None``."""
    if run.is_cancelled:
        return "run_cancelled"
    if run.opens_at is None or run.closes_at is None:
        return "not_offered"
    if now >= run.ends_at:
        return "run_ended"
    return None


def refusal_of_window(run: RunFacts, now: datetime) -> str | None:
    """The code of the reason why people cannot choose the run themselves now, or ``None``."""
    if run.opens_at and now < run.opens_at:
        return "not_open_yet"
    if run.closes_at and now >= run.closes_at:
        return "enrollment_closed"
    return None


def answer(
    run: RunFacts, now: datetime, *, is_signed_in: bool, own: str, elsewhere: bool, is_meant: bool = True
) -> str:
    """The code of what a person may do: ``open``, ``waiting_list``, or the refusal that applies first.

    ``own`` is the status of her place in this run, or empty; ``elsewhere`` says that she has one in another run of
    the period; ``is_meant``, that she is of the audience the run is for. Whom it is not for reads so before it opens.
    """
    if own == "seated":
        return "enrolled"
    if refused := refusal_of_run(run, now):
        return refused
    if own in ("waiting", "offered"):
        return own
    refused = refusal_of_window(run, now)
    if is_signed_in and not is_meant and refused != "enrollment_closed":
        return "not_in_audience"
    if refused:
        return refused
    if not is_signed_in:
        return "sign_in"
    if elsewhere:
        return "one_run_per_period"
    return WAITING_LIST if run.is_full else OPEN

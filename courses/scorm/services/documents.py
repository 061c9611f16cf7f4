"""What cmi5 units keep beside their statements: states, and profiles of the learner's."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.packages import strict_json
from courses.scorm import statements
from courses.scorm.errors import DocumentRefused
from courses.scorm.models import Document, LaunchSession

MOST_BYTES = 512 * 1024
MOST_DOCUMENTS = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document of a unit lies."""

    opened: LaunchSession
    kind: str
    name: str

    @property
    def key(self) -> dict[str, Any]:
        person_id = self.opened.registration.enrollment.person_id
        found: dict[str, Any] = {"kind": self.kind, "person_id": person_id}
        if self.kind != Document.Kind.AGENT:
            found["item"] = self.opened.item
        if self.kind == Document.Kind.STATE:
            found["registration"] = self.opened.registration
        return found


def put_document(place: Place, content_type: str, body: bytes, *, merges: bool = False) -> None:
    """Keep a document; with ``merges``, an object of JSON is laid over the one that is there."""
    _check(place, content_type, body)
    with transaction.atomic():
        known = Document.objects.select_for_update(of=("self",)).filter(**place.key, name=place.name).first()
        if merges and known is not None:
            body = _merged(known, content_type, body)
        if known is None and Document.objects.filter(**place.key).count() >= MOST_DOCUMENTS:
            raise DocumentRefused("there are too many documents")
        values = {"content_type": content_type[:100], "body": body, "changed_at": timezone.now()}
        Document.objects.update_or_create(**place.key, name=place.name, defaults=values)


def delete_documents(place: Place) -> None:
    """Delete a document, or all of its kind where the place has no name."""
    _check_name(place)
    found = Document.objects.filter(**place.key)
    (found.filter(name=place.name) if place.name else found).delete()


def _check_name(place: Place) -> None:
    if place.kind == Document.Kind.STATE and place.name == statements.LAUNCH_DATA:
        raise DocumentRefused("how a unit was opened is not the unit's to say")


def _check(place: Place, content_type: str, body: bytes) -> None:
    _check_name(place)
    if not 0 < len(place.name) <= 255 or len(body) > MOST_BYTES:
        raise DocumentRefused("the document is too large")
    is_json = content_type.startswith("application/json")
    try:
        said = strict_json.loads(body, repeated_keys=True) if is_json else None
    except strict_json.BadJson:
        raise DocumentRefused("the document is no JSON") from None
    if place.kind == Document.Kind.AGENT and place.name == statements.PREFERENCES:
        reason = statements.wrong_preferences(content_type, said)
        if reason is not None:
            raise DocumentRefused(reason)


def _merged(known: Document, content_type: str, body: bytes) -> bytes:
    both = (known.content_type, content_type)
    if not all(kind.startswith("application/json") for kind in both):
        raise DocumentRefused("only objects of JSON are merged")
    before, after = (strict_json.loads(bytes(part), repeated_keys=True) for part in (known.body, body))
    if not isinstance(before, dict) or not isinstance(after, dict):
        raise DocumentRefused("only objects of JSON are merged")
    return strict_json.dumps({**before, **after})

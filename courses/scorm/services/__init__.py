"""Every write of SCORM and cmi5."""

from courses.scorm.services.documents import delete_documents, put_document
from courses.scorm.services.imports import carry_out, carry_out_waiting, delete_package, import_package, upload
from courses.scorm.services.runtime import begin, keep, open_session
from courses.scorm.services.units import activity_of, actor_of, hear, launch, launch_of, note_read, take_token

__all__ = [
    "activity_of",
    "actor_of",
    "begin",
    "carry_out",
    "carry_out_waiting",
    "delete_documents",
    "delete_package",
    "hear",
    "import_package",
    "keep",
    "launch",
    "launch_of",
    "note_read",
    "open_session",
    "put_document",
    "take_token",
    "upload",
]

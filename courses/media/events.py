"""What happens to files of the library."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilePrepared:
    """What learners get of a file is there, or will not come: lessons that show it look different now.

    ``kind`` is that of the preparation: ``video``, ``audio``, ``picture`` or ``document``.
    """

    kind: str
    file_id: int

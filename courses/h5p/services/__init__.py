"""Every write of H5P."""

from courses.h5p.services.contents import export, restore
from courses.h5p.services.drafts import (
    Saved,
    Standing,
    Written,
    add_file,
    begin,
    discard_draft,
    publish_draft,
    save_draft,
)
from courses.h5p.services.imports import carry_out, carry_out_waiting, import_package, upload
from courses.h5p.services.libraries import use_revision
from courses.h5p.services.results import keep

__all__ = [
    "Saved",
    "Standing",
    "Written",
    "add_file",
    "begin",
    "carry_out",
    "carry_out_waiting",
    "discard_draft",
    "export",
    "import_package",
    "keep",
    "publish_draft",
    "restore",
    "save_draft",
    "upload",
    "use_revision",
]

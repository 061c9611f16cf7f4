"""Sentences about packages that only an installation can say."""

from courses.packages.problems import Vocabulary
from courses.packages.problems import marked as _

says = Vocabulary(
    {
        "needs-administrator": _(
            "The library “%(library)s” is not installed here. Ask an administrator to import this file once: libraries"
            " run in every learner's browser."
        ),
        "content-too-much": _("The content is nested or repeated beyond reason."),
        "import-failed": _("The import broke off several times. The operators find the reason in the log."),
    }
)

"""Sentences about packages that only an installation can say."""

from courses.packages.problems import Vocabulary
from courses.packages.problems import marked as _

says = Vocabulary(
    {
        "is-h5p": _("This is H5P content. Upload it under “Interactive content”."),
        "import-failed": _("The import broke off several times. The operators find the reason in the log."),
    }
)

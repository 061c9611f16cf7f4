"""The sentences for codes that every kind of job can meet."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.jobs.kinds import kind_of
from lms.jobs.models import Job

COMMON: Mapping[str, str | Promise] = {
    "empty_file": _("The file is empty. Check that you chose the right file and that it was saved."),
    "no_heading": _(
        "No row near the top of the file has the headings we know. Put the headings in one row, as in the template, "
        "and upload the file again."
    ),
    "missing_columns": _("These columns are missing: %(columns)s. Add them, as in the template, and upload again."),
    "not_a_spreadsheet": _("This is not a spreadsheet. Upload a CSV or an Excel workbook (.xlsx)."),
    "old_or_locked_excel": _(
        "This is an old Excel file (.xls) or one protected by a password. Open it in Excel, remove the password, save "
        "it as “Excel Workbook (.xlsx)”, and upload that."
    ),
    "xlsx_locked": _("The workbook is protected by a password. Remove it and upload the file again."),
    "xlsx_broken": _("The workbook is damaged and cannot be read. Open it in Excel, save it again, and upload that."),
    "xlsx_too_large": _(
        "Unpacked, the workbook is larger than %(megabytes)s MB. Delete empty rows and sheets you do not need, or save "
        "the sheet as CSV."
    ),
    "csv_broken": _(
        "From row %(row)s on the file cannot be read: a quotation mark is opened there and never closed. Mend that row "
        "or save the file again from your spreadsheet."
    ),
    "many_errors": _(
        "%(count)s of %(rows)s rows (%(percent)s%%) have errors. Perhaps this is the wrong file, or a column has "
        "shifted. Look at the rows below before you go on."
    ),
    "many_withdrawn": _(
        "%(count)s people would lose their place: that many for %(rows)s rows (%(percent)s%%) is unusual. Perhaps the "
        "list is incomplete. Look at the numbers before you go on."
    ),
    "unexpected": _(
        "Something went wrong on our side. What was done up to row %(done)s is kept; the operators can see the cause. "
        "You can try to go on."
    ),
    "repeatedly_lost": _(
        "The worker broke off several times in a row at the same place. What was done up to row %(done)s is kept; the "
        "operators can see the cause. You can try to go on."
    ),
}


def sentence(job: Job, code: str, values: Mapping[str, Any]) -> str:
    """What ``code`` says about the job's source, in the active language."""
    text = kind_of(job).sentences.get(code) or COMMON.get(code)
    if text is None:
        return code
    return str(text) % {name: _shown(value) for name, value in values.items()}


def _shown(value: Any) -> Any:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else value

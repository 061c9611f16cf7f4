"""Starting, steering and doing jobs, and reading and writing the tables they live on."""

from lms.jobs.kinds import Export, Kind, Step, Tally, keep_result, kinds
from lms.jobs.sentences import sentence
from lms.jobs.services.course import confirm, create, request_stop, resume, undo
from lms.jobs.services.engine import forget, work
from lms.jobs.services.reports import write_errors_file, write_result_file
from lms.jobs.spreadsheets.reading import Table, clean, is_destroyed_number, open_table, read_date
from lms.jobs.spreadsheets.writing import Cell, harmless, write_csv, write_table, write_xlsx

__all__ = [
    "Cell",
    "Export",
    "Kind",
    "Step",
    "Table",
    "Tally",
    "clean",
    "confirm",
    "create",
    "forget",
    "harmless",
    "is_destroyed_number",
    "keep_result",
    "kinds",
    "open_table",
    "read_date",
    "request_stop",
    "resume",
    "sentence",
    "undo",
    "work",
    "write_csv",
    "write_errors_file",
    "write_result_file",
    "write_table",
    "write_xlsx",
]

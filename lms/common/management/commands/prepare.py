"""Makes an installation ready to serve: texts, tables, static files and the demo ministry. Safe to repeat."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from lms.common.storage import S3Files


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("compile_texts")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database ...")
            call_command("migrate", interactive=False, verbosity=0)
        self._collect_static_files()
        self._open_storage_to_pages()
        if settings.DEMO and "seed_demo" in get_commands():
            accounts = io.StringIO()
            call_command("seed_demo", stdout=accounts)
            folder = Path(settings.DATA_DIR) / "run"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "accounts.txt").write_text(accounts.getvalue(), "utf-8")

    def _open_storage_to_pages(self) -> None:
        """Players and uploads reach the bucket from our pages; where we may not set its rules, somebody must."""
        storage = storages["default"]
        if not isinstance(storage, S3Files):
            return
        try:
            storage.open_to_pages(settings.SITE_URL)
        except (BotoCoreError, ClientError) as error:
            self.stderr.write(
                f"The bucket's CORS rules could not be set ({error.__class__.__name__}): pages of {settings.SITE_URL} "
                "must be able to GET and PUT, with any header, and to see ETag. See lms/docs/settings.md."
            )

    def _collect_static_files(self) -> None:
        """Collect them only when one of them changed: naming and compressing them takes many seconds."""
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        state = hashlib.sha256("\n".join(_static_files()).encode()).hexdigest()
        if stamp.exists() and stamp.read_text() == state:
            return
        self.stdout.write("Preparing pictures, styles and scripts ...")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(state)


def _static_files() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list(None):
            facts = Path(storage.path(path)).stat()
            yield f"{path} {facts.st_size} {facts.st_mtime_ns}"

"""Compiles the translations that changed, without needing gettext on the machine."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed

FOLDERS = ("lms", "courses", "assessments", "certificates", "theme")


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in FOLDERS:
            for source in (settings.ROOT / folder).glob("**/locale/*/LC_MESSAGES/*.po"):
                compiled = source.with_suffix(".mo")
                if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
                    continue
                with source.open("rb") as text:
                    catalog = read_po(text, locale=source.parts[-3])
                with compiled.open("wb") as output:
                    write_mo(output, catalog)
        # This process may have read the texts before they were there; what it says next needs them.
        translation_file_changed(None, Path("any.mo"))

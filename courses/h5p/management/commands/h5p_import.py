"""Brings in H5P packages, with the libraries they carry."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext

from courses.h5p import services
from courses.h5p.models import PackageImport
from courses.packages.problems import from_row


class Command(BaseCommand):
    help = "Import H5P packages and install the libraries in them. Ends with 1 when one of them is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=".h5p files")
        parser.add_argument(
            "--upgrade", action="store_true", help="take higher patches of libraries that are installed already"
        )
        parser.add_argument("--language", default="en", help="of the sentences: en or id")

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        with translation.override(options["language"]):
            for path in options["paths"]:
                if not path.is_file():
                    raise CommandError(f"There is no file {path}.")
                made = services.import_package(path, takes_upgrades=options["upgrade"])
                refused += made.state == PackageImport.State.REFUSED
                self._tell(made)
        if refused:
            raise CommandError(f"{refused} of {len(options['paths'])} were refused.", returncode=1)

    def _tell(self, made: PackageImport) -> None:
        outcome = f"imported as {made.content.key}" if made.content else "refused"
        self.stdout.write(f"{made.source_name}: {outcome}; {len(made.installed)} libraries installed")
        for row in made.problems:
            self.stdout.write(f"  {row['code']} {row['path']}: {from_row(row).text(gettext)}")
        for upgrade in made.upgrades:
            self.stdout.write(f"  {upgrade['library']} would be upgraded to {upgrade['version']} with --upgrade")

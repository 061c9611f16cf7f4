"""Lists the installed H5P libraries, and goes back to an earlier revision of one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.h5p import services
from courses.h5p.models import Library, LibraryRevision


class Command(BaseCommand):
    help = "List installed H5P libraries with their revisions; the one marked * plays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--use", metavar="REVISION", help="play with this revision from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["use"]:
            revision = LibraryRevision.objects.select_related("library").filter(folder=options["use"]).first()
            if revision is None:
                raise CommandError(f"There is no revision {options['use']}.")
            services.use_revision(revision.library, revision, by=None)
        for library in Library.objects.prefetch_related("revisions"):
            self.stdout.write(str(library))
            for revision in library.revisions.all():
                mark = "*" if revision.pk == library.current_id else " "
                self.stdout.write(f"  {mark} {revision.folder} ({revision.installed_at:%Y-%m-%d})")

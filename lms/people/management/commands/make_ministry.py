"""manage.py make_ministry: a made-up ministry at true proportions, for demonstrations and measurements."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.common.errors import Refused
from lms.people import services


class Command(BaseCommand):
    help = "Write a made-up ministry (about 10,600 units and any number of people) into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, required=True, help="how many people; 0 writes the units only")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same people")
        parser.add_argument(
            "--provinces",
            nargs="+",
            default=[],
            metavar="CODE",
            help="only the head office and these provinces (e.g. 34 51), for a small demonstration",
        )
        parser.add_argument(
            "--password",
            help="give every person this password, hashed once: test data only. Without it nobody can sign in",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun, written = time.monotonic(), 0

        def progress(count: int) -> None:
            nonlocal written
            written += count
            self.stdout.write(f"{written} of {options['people']} people, {time.monotonic() - begun:.0f} s")
            self.stdout.flush()

        try:
            units = services.make_ministry(
                options["people"],
                seed=options["seed"],
                provinces=options["provinces"],
                password=options["password"],
                progress=progress,
            )
        except (Refused, ValueError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{units} units and {written} people in {time.monotonic() - begun:.0f} s")

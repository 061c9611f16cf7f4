"""Counts all report sums anew."""

from typing import Any

from django.core.management.base import BaseCommand

from lms.reports.services import rebuild


class Command(BaseCommand):
    help = "Count all report sums anew, e.g. after many enrollments were loaded or units were moved."

    def handle(self, *args: Any, **options: Any) -> None:
        rebuild()
        self.stdout.write("Report sums counted anew.")

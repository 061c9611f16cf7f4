"""Brings in a course archive of another platform."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from courses.transfer import services
from lms.people.models import Person


class Command(BaseCommand):
    help = "Import an Open edX course archive (OLX) as a draft and report on every item of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the archive: .tar.gz, .tar or .zip")
        parser.add_argument("--json", type=Path, metavar="REPORT", help="write the report item by item to this file")
        parser.add_argument("--by", metavar="EMAIL", help="the author to whom the course belongs")
        parser.add_argument("--publish", action="store_true", help="publish the course at once")
        parser.add_argument("--again", action="store_true", help="make a second course where it was imported before")
        parser.add_argument("--language", default="en", help="of the report: en or id")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        by = self._author(options["by"])
        with translation.override(options["language"]):
            done = services.import_course(path, by=by, again=options["again"])
            if options["publish"] and done.page is not None:
                services.publish(done, by=by)
        if options["json"]:
            options["json"].write_text(json.dumps(done.report, ensure_ascii=False, indent=2) + "\n")
        self._tell(done.report)
        if not done.report["ok"]:
            raise CommandError(done.report["refused"]["text"])

    def _author(self, email: str | None) -> Person | None:
        if not email:
            return None
        person: Person | None = Person.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {email}.")
        return person

    def _tell(self, report: dict[str, Any]) -> None:
        if not report["ok"]:
            return
        components, counts = report["components"], report["counts"]
        self.stdout.write(f"{report['course']['title']}: {report['course']['url']}")
        self.stdout.write(
            f"{components['total']} components: {components['kept']} kept, {components['changed']} changed, "
            f"{components['lost']} lost ({components['carried_over']}% carried over)"
        )
        self.stdout.write(
            f"  {components['nothing_shown']} showed nothing (styling, scripts); of the others "
            f"{components['carried_over_visible']}% were carried over and {components['works_as_before']}% do "
            f"what they did, {components['text_only']} stay as text only"
        )
        for group in components["by_reason"]:
            reason = group["reason_code"].replace("_", " ") or "as it was"
            self.stdout.write(f"  {group['count']:5} {group['outcome']}: {group['kind']}, {reason}")
        self.stdout.write(f"All items: {counts['kept']} kept, {counts['changed']} changed, {counts['lost']} lost")
        for problem in report["problems"]:
            self.stdout.write(f"  {problem['path']}: {problem['text']}")
        for item in report["items"]:
            if item["outcome"] == "lost":
                self.stdout.write(f"  lost: {item['kind']} {item['title']}: {item['reason']}")

"""Says of content packages whether they can be taken, without keeping anything of them."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext

from courses.packages.kinds import check
from courses.packages.problems import printable


class Command(BaseCommand):
    help = (
        "Give the verdict on H5P, SCORM and cmi5 packages without storing them. Ends with 0 when all of them can be "
        "taken and with 1 when one cannot. A problem may be listed for a good package too: then it is for its author "
        "to know."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=".h5p, .zip, or a bare .xml of cmi5")
        parser.add_argument("--json", action="store_true", help="write the verdicts as one JSON list")
        parser.add_argument("--language", default="en", help="of the sentences: en or id")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            verdicts = [self._verdict(path) for path in options["paths"]]
        if options["json"]:
            self.stdout.write(json.dumps(verdicts, ensure_ascii=False, indent=2))
        else:
            self._tell(verdicts)
        bad = sum(not verdict["ok"] for verdict in verdicts)
        if bad:
            raise CommandError(f"{bad} of {len(verdicts)} cannot be taken.", returncode=1)

    def _verdict(self, path: Path) -> dict[str, Any]:
        verdict = check(path)
        return {
            "path": str(path).encode("utf-8", "replace").decode(),
            "kind": verdict.kind,
            "ok": verdict.is_good,
            "problems": [
                {"code": problem.code, "path": problem.path, "text": problem.text(gettext)}
                for problem in verdict.problems
            ],
        }

    def _tell(self, verdicts: list[dict[str, Any]]) -> None:
        for verdict in verdicts:
            answer = "good" if verdict["ok"] else "cannot be taken"
            self.stdout.write(f"{printable(verdict['path'], 500)} ({verdict['kind']}): {answer}")
            for problem in verdict["problems"]:
                self.stdout.write(f"  {problem['code']} {problem['path']}: {problem['text']}")

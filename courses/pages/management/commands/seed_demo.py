"""Fills an empty installation with the demo ministry."""

from typing import Any

from django.core.management.base import BaseCommand

from courses.pages.demo.ministry import PASSWORD
from courses.pages.demo.seed import seed

ROLES = {
    "learner": "peserta / learner",
    "author": "penulis / author",
    "hr_officer": "kepegawaian / HR officer",
    "organizer": "penyelenggara / organizer",
    "administrator": "administrator",
}


class Command(BaseCommand):
    """Make the demo ministry. Safe to repeat; for demonstrations only, for everybody knows the password."""

    help = "Make a demo ministry with courses, people and five accounts to sign in with. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = seed()
        for role, label in ROLES.items():
            self.stdout.write(f"  {label:<26} {accounts[role].email:<34} {PASSWORD}")

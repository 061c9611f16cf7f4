"""Answers as a browser sends them."""

from typing import Any

from django.http import QueryDict

from assessments.bank.kinds import Answer, kinds


def sent_answers(posted: QueryDict, paper: list[dict[str, Any]]) -> dict[str, Answer]:
    """The answers in a form, by version id.

    ``question`` names each question that the form shows, so that an answer that was taken back is told from one that
    was not sent; ``q<version>`` holds its values. What is not on the paper is left out.
    """
    shown = set(posted.getlist("question"))
    asked = ((str(entry["version"]), entry["kind"]) for entry in paper)
    return {version: kinds[kind].read(posted.getlist(f"q{version}")) for version, kind in asked if version in shown}

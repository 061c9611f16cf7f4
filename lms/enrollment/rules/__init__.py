"""Decisions about enrollment on plain values: who may take a place, and the language of audiences."""

from lms.enrollment.rules.places import OPEN, WAITING_LIST, RunFacts, answer, refusal_of_run, refusal_of_window

__all__ = ["OPEN", "WAITING_LIST", "RunFacts", "answer", "refusal_of_run", "refusal_of_window"]

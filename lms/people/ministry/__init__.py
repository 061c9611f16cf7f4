"""A made-up ministry at true proportions: which units there are, and who works in them. No database here."""

from lms.people.ministry.crowd import PlannedPerson, plan_people
from lms.people.ministry.plan import PlannedUnit, plan_units

__all__ = ["PlannedPerson", "PlannedUnit", "plan_people", "plan_units"]

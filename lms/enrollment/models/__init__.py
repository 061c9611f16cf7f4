"""Periods, seats, who has a place, in which class, whom places are for, and what is mandatory."""

from lms.enrollment.models.audiences import Audience, AudienceMember
from lms.enrollment.models.classes import ClassMember, ClassSplit, RunClass
from lms.enrollment.models.mass import ListedPlace
from lms.enrollment.models.places import Enrollment, EnrollmentPeriod, RunSeats, SeatReserve
from lms.enrollment.models.planning import PeriodTemplate, RunTemplate, TemplateReserve
from lms.enrollment.models.plans import (
    Due,
    Exemption,
    ExemptPerson,
    Plan,
    PlanCourse,
    PlanCycle,
    days_after,
    days_before,
    evidence_path,
)

__all__ = [
    "Audience",
    "AudienceMember",
    "ClassMember",
    "ClassSplit",
    "Due",
    "Enrollment",
    "EnrollmentPeriod",
    "ExemptPerson",
    "Exemption",
    "ListedPlace",
    "PeriodTemplate",
    "Plan",
    "PlanCourse",
    "PlanCycle",
    "RunClass",
    "RunSeats",
    "RunTemplate",
    "SeatReserve",
    "TemplateReserve",
    "days_after",
    "days_before",
    "evidence_path",
]

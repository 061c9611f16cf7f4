"""Forms that name audiences, and the one that writes their rules."""

from lms.enrollment.forms.choosing import SHOWN, AudienceField, AudienceOptions, AudienceSelect, signer
from lms.enrollment.forms.editor import AudienceForm, RuleEditor
from lms.enrollment.forms.picking import SOURCES, PickFound

__all__ = [
    "SHOWN",
    "SOURCES",
    "AudienceField",
    "AudienceForm",
    "AudienceOptions",
    "AudienceSelect",
    "PickFound",
    "RuleEditor",
    "signer",
]

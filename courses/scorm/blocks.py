"""A package as a lesson block."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.scorm.choosers import package_chooser
from courses.scorm.rules import FINISHED_OR_PASSED, ONLY_PASSED

PackageChooserBlock = package_chooser.get_block_class(name="PackageChooserBlock", module_path="courses.scorm.blocks")


class PackageBlock(blocks.StructBlock):  # type: ignore[misc]
    """A SCORM or cmi5 package, and what completes it."""

    scorm = PackageChooserBlock(label=_("Package"))
    is_required = blocks.BooleanBlock(
        required=False,
        default=True,
        label=_("Must be completed"),
        help_text=_("The lesson can only be finished after it."),
    )
    rule = blocks.ChoiceBlock(
        choices=[
            (FINISHED_OR_PASSED, _("the package says that it is finished")),
            (ONLY_PASSED, _("the package says that it is passed")),
        ],
        default=FINISHED_OR_PASSED,
        label=_("It is complete when"),
    )
    least_score = blocks.DecimalBlock(
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        label=_("and the score is at least"),
        help_text=_("0 to 100. Empty: any score, or none. Many packages report no score."),
    )

    class Meta:
        icon = "folder-inverse"
        label = _("SCORM or cmi5 package")

"""What authors fill in, in the order in which they think of it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)


class CourseForm(WagtailAdminPageForm):  # type: ignore[misc]
    """A draft may be as empty as it likes; what is published must tell the learner enough."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if "action-publish" in self.data:
            if not cleaned.get("summary"):
                self.add_error("summary", _("Learners decide by this sentence: write it before you publish."))
            if not cleaned.get("jp"):
                self.add_error("jp", _("Say how many lesson hours (JP) the course is worth before you publish."))
        return cleaned


class LessonForm(WagtailAdminPageForm):  # type: ignore[misc]
    """A lesson can be kept empty, but not published so."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if "action-publish" in self.data and "body" in cleaned and not len(cleaned["body"]):
            self.add_error("body", ValidationError(_("This lesson is empty: add at least one block, then publish.")))
        return cleaned


def tabs(content: list[Any], **kwargs: Any) -> TabbedInterface:
    """The content, and when it appears."""
    return TabbedInterface(
        [
            ObjectList(content, heading=_("Content")),
            ObjectList([PublishingPanel()], heading=_("Schedule")),
        ],
        **kwargs,
    )


COURSE = tabs(
    [
        TitleFieldPanel("title", help_text=_("As it stands on the certificate."), placeholder=False),
        FieldPanel("summary"),
        FieldPanel("about"),
        FieldPanel("audience"),
        FieldPanel("cover"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("jp"), FieldPanel("category"), FieldPanel("language")]),
                FieldPanel("has_certificate"),
                FieldPanel("organizer"),
                FieldPanel("slug", help_text=_("The last part of the course's address.")),
            ],
            heading=_("Facts"),
        ),
    ],
    base_form_class=CourseForm,
)
SECTION = tabs([FieldPanel("title"), FieldPanel("is_gate")])
LESSON = tabs(
    [
        FieldPanel("title"),
        FieldPanel("minutes"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("least_minutes"),
                        FieldPanel(
                            "least_watched",
                            help_text=_(
                                "In percent, skipped parts do not count. A topic in several forms counts as one, in "
                                "whichever form it is taken. Empty: learners may leave it out."
                            ),
                        ),
                    ]
                ),
                FieldPanel("at_normal_speed"),
            ],
            heading=_("Before it counts as done"),
            classname="collapsed",
        ),
    ],
    base_form_class=LessonForm,
)
HOME = ObjectList([FieldPanel("title")])

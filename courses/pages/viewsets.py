"""What organizers and authors edit besides pages: runs, periods, categories, video and audio."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from courses.catalog.models import Category, Course, CourseRun
from courses.media.models import MediaFile
from lms.common.errors import Refused
from lms.enrollment.models import EnrollmentPeriod
from lms.enrollment.services import change_seats, offer_run
from lms.people.models import OrgUnit
from lms.people.queries import branch_roots


def of_organizer(queryset: QuerySet[Any], person: Any) -> QuerySet[Any]:
    """The rows whose organizer stands in a branch in which ``person`` organizes."""
    if person.is_superuser:
        return queryset
    return queryset.filter(organizer__in=OrgUnit.objects.visible_to(person, "organizer"))


def moment_column(name: str, label: Any) -> Column:
    """A day and an hour. Wagtail's own column says of everything to come that it was "0 minutes ago"."""
    return Column(
        name,
        label=label,
        accessor=lambda row: date_format(localtime(getattr(row, name)), "SHORT_DATETIME_FORMAT"),
        sort_key=name,
    )


class OrganizedIndex(generic.IndexView):  # type: ignore[misc]
    """Only what the organizer looks after."""

    def get_base_queryset(self) -> Any:
        return of_organizer(super().get_base_queryset(), self.request.user)


class OrganizedEdit(generic.EditView):  # type: ignore[misc]
    """Only what the organizer looks after; the rest does not exist for her."""

    def get_object(self, queryset: Any = None) -> Any:
        found = super().get_object(queryset) if queryset is not None else super().get_object()
        if not of_organizer(self.model.objects.filter(pk=found.pk), self.request.user).exists():
            raise Http404
        return found


class OrganizedForm(WagtailAdminModelForm):  # type: ignore[misc]
    """The organizer is one of the units in which the person organizes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user is not None:
            roots = branch_roots(self.for_user, "organizer")
            units = OrgUnit.objects.filter(parent=None) if self.for_user.is_superuser and not roots.exists() else roots
            if self.instance.pk:
                known = [unit.pk for unit in units]
                units = OrgUnit.objects.filter(pk__in=[*known, self.instance.organizer_id])
            self.fields["organizer"].queryset = units
            if not self.instance.pk:
                self.fields["organizer"].initial = units.first()


class PeriodForm(OrganizedForm):
    """A window of enrollment."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("opens_at") and cleaned.get("closes_at") and cleaned["closes_at"] <= cleaned["opens_at"]:
            self.add_error("closes_at", _("The period must close after it opens."))
        return cleaned

    class Meta:
        model = EnrollmentPeriod
        fields = ("title", "opens_at", "closes_at", "organizer")


class RunForm(OrganizedForm):
    """A run with the period in which it is offered and its seats."""

    period = forms.ModelChoiceField(
        EnrollmentPeriod.objects.none(),
        required=False,
        label=_("enrollment period"),
        help_text=_("Learners choose one run in each period."),
    )
    seats = forms.IntegerField(
        required=False, min_value=1, label=_("seats"), help_text=_("Leave it empty for a run without limit.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = Course.objects.published().order_by("title")
        if self.for_user is not None:
            self.fields["period"].queryset = of_organizer(EnrollmentPeriod.objects.all(), self.for_user)
        seating = getattr(self.instance, "seating", None) if self.instance.pk else None
        if seating:
            self.fields["period"].queryset |= EnrollmentPeriod.objects.filter(pk=seating.period_id)
            self.fields["period"].initial, self.fields["seats"].initial = seating.period_id, seating.seats

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("starts_at") and cleaned.get("ends_at") and cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("ends_at", _("The run must end after it starts."))
        seating = getattr(self.instance, "seating", None) if self.instance.pk else None
        seats = cleaned.get("seats")
        if seating and not cleaned.get("period"):
            self.add_error("period", _("A run that is offered keeps a period."))
        if seating and seats is not None and seats < seating.taken:
            self.add_error("seats", _("%d people have a seat already.") % seating.taken)
        return cleaned

    @transaction.atomic
    def save(self, commit: bool = True) -> CourseRun:
        is_offered = self.instance.pk and hasattr(self.instance, "seating")
        run: CourseRun = super().save(commit=commit)
        period, seats = self.cleaned_data.get("period"), self.cleaned_data.get("seats")
        try:
            if is_offered and seats != run.seating.seats:
                change_seats(run, seats, by=self.for_user)
            if period:
                offer_run(run, period, seats)
        except Refused as refused:
            raise ValidationError(str(refused)) from refused
        return run

    class Meta:
        model = CourseRun
        fields = ("course", "title", "starts_at", "ends_at", "organizer", "is_cancelled")


class PeriodViewSet(ModelViewSet):  # type: ignore[misc]
    """Windows of enrollment."""

    model = EnrollmentPeriod
    name = "periods"
    icon = "calendar"
    menu_label = _("Periods")
    inspect_view_enabled = False
    copy_view_enabled = False
    index_view_class = OrganizedIndex
    edit_view_class = OrganizedEdit
    list_display = ["title", moment_column("opens_at", _("opens")), moment_column("closes_at", _("closes"))]
    search_fields = ["title"]
    search_backend_name = None
    ordering = "-opens_at"
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
            FieldPanel("organizer"),
        ],
        base_form_class=PeriodForm,
    )


class RunViewSet(ModelViewSet):  # type: ignore[misc]
    """Runs and their seats."""

    model = CourseRun
    name = "runs"
    icon = "group"
    menu_label = _("Runs and seats")
    copy_view_enabled = False
    index_view_class = OrganizedIndex
    edit_view_class = OrganizedEdit
    list_display = [
        "title",
        Column("course", label=_("course")),
        moment_column("starts_at", _("starts")),
        Column("seating.taken", label=_("taken"), accessor="seating.taken"),
        Column("seating.seats", label=_("seats"), accessor="seating.seats"),
    ]
    search_fields = ["title", "course__title"]
    search_backend_name = None
    ordering = "-starts_at"
    edit_handler = ObjectList(
        [
            FieldPanel("course"),
            FieldPanel("title", help_text=_("For example: Batch I, 2026.")),
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
            FieldRowPanel([FieldPanel("period"), FieldPanel("seats")]),
            FieldPanel("organizer"),
            FieldPanel("is_cancelled"),
        ],
        base_form_class=RunForm,
    )


class CategoryViewSet(ModelViewSet):  # type: ignore[misc]
    """Shelves of the catalog."""

    model = Category
    name = "categories"
    icon = "tag"
    menu_label = _("Categories")
    copy_view_enabled = False
    list_display = ["name_id", "name_en"]
    form_fields = ["name_id", "name_en", "slug"]


class TeachingGroup(ModelViewSetGroup):  # type: ignore[misc]
    """What organizers look after."""

    menu_label = _("Enrollment")
    menu_icon = "calendar-check"
    menu_order = 150
    items = (PeriodViewSet("periods"), RunViewSet("runs"), CategoryViewSet("categories"))


class MediaViewSet(ModelViewSet):  # type: ignore[misc]
    """Video and audio files with their captions."""

    model = MediaFile
    name = "mediafiles"
    icon = "media"
    menu_label = _("Video and audio")
    menu_order = 310
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["title", "kind", DateColumn("added_at", label=_("added"))]
    list_filter = ["kind"]
    ordering = "-added_at"
    edit_handler = ObjectList(
        [
            FieldPanel("kind"),
            FieldPanel("title"),
            FieldPanel("file"),
            FieldPanel("seconds"),
            InlinePanel("captions", label=_("Captions"), panels=[FieldPanel("language"), FieldPanel("file")]),
            FieldPanel("transcript"),
        ]
    )

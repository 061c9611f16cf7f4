"""The learners of a run, split into classes with an instructor each."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.enrollment.querysets import RunClassQuerySet


class ClassSplit(models.Model):
    """How large the classes of a run are. The one row that splitting its learners locks."""

    run = models.OneToOneField(
        "catalog.CourseRun", on_delete=models.CASCADE, primary_key=True, related_name="class_split"
    )
    size = models.PositiveSmallIntegerField(_("learners in a class"), validators=[MinValueValidator(1)])

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gte=1), name="class_split_has_places")]

    def __str__(self) -> str:
        return f"{self.size} of {self.run_id}"


class RunClass(models.Model):
    """A class (kelas) of a run: its learners and who looks after them. ``members`` is written by splitting only."""

    run = models.ForeignKey("catalog.CourseRun", on_delete=models.CASCADE, related_name="classes")
    number = models.PositiveIntegerField(_("number"))
    size = models.PositiveSmallIntegerField(_("places"))
    members = models.PositiveSmallIntegerField(_("learners"), default=0)
    instructor = models.ForeignKey(
        "people.Person",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="classes_taught",
        verbose_name=_("instructor"),
    )

    objects = RunClassQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("run", "number", name="one_class_of_a_number"),
            models.CheckConstraint(condition=Q(members__lte=F("size")), name="never_more_than_a_class_holds"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"

    @property
    def free(self) -> int:
        return self.size - self.members


class ClassMember(models.Model):
    """A learner of a run in one of its classes. It goes when she gives her seat back."""

    is_derived = True
    """It follows from an enrollment: nobody is in use because of it."""

    run = models.ForeignKey("catalog.CourseRun", on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(RunClass, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("run", "person", name="one_class_per_person_and_run")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"

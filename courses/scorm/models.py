"""Packages that lessons show, the files they came in, and what learners did in them."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.packages.models import Incoming
from courses.scorm.querysets import PackageImportQuerySet, PackageQuerySet, RegistrationQuerySet


class Standard(models.TextChoices):
    """In which language a package speaks with the platform."""

    SCORM_12 = "scorm12", "SCORM 1.2"
    SCORM_2004 = "scorm2004", "SCORM 2004"
    CMI5 = "cmi5", "cmi5"


class Package(models.Model):
    """A course made elsewhere that lessons show whole. ``live`` is the version that learners begin with."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=255)
    live = models.ForeignKey("PackageVersion", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.title


class PackageVersion(models.Model):
    """A package as it was uploaded once. Never changed: who began in it goes on in it.

    ``course`` is the table of contents with its rules, in the shape of ``courses.scorm.core.tree``.
    """

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    standard = models.CharField(_("kind"), max_length=9, choices=Standard)
    edition = models.CharField(max_length=60, blank=True, help_text="as the package says it")
    course = models.JSONField()
    folder = models.UUIDField(unique=True, help_text="of its files in the storage")
    files = models.JSONField(default=dict, help_text="SHA-256 of each file by its path in the package")
    size = models.PositiveBigIntegerField(default=0, help_text="bytes of its files")
    source_name = models.CharField(_("file"), max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint("package", "number", name="one_package_version_per_number")]

    def __str__(self) -> str:
        return f"{self.package_id}: {self.number}"


class PackageItem(models.Model):
    """Something in a version that learners open: a SCO, a page of SCORM, or an assignable unit of cmi5."""

    version = models.ForeignKey(PackageVersion, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    identifier = models.TextField(help_text="as the package names it")
    title = models.TextField()
    launch = models.TextField(help_text="a path in the package with its query, or an address elsewhere")
    is_sco = models.BooleanField(default=True, help_text="it reports what happens in it; a mere page does not")
    mastery_score = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        null=True,
        validators=[MinValueValidator(-1), MaxValueValidator(1)],
        help_text="-1 to 1: from where on it is passed",
    )
    move_on = models.CharField(max_length=18, blank=True, help_text="cmi5: when it is done")
    objectives = models.JSONField(default=list, help_text="names of what it teaches")

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint("version", "position", name="one_package_item_per_position")]

    def __str__(self) -> str:
        return self.title


class PackageImport(Incoming):
    """A package on its way in: uploaded, then imported or refused, with every problem named.

    ``replaces`` is the package of which it is to become the next version; without it, it becomes a package of its own.
    """

    package = models.FileField(_("package"), upload_to="scorm/uploads", max_length=255, blank=True)
    folder = models.UUIDField(default=uuid.uuid4, editable=False, help_text="the same however often it is tried")
    replaces = models.ForeignKey(Package, on_delete=models.SET_NULL, null=True, related_name="+")
    problems = models.JSONField(default=list, help_text="code, path, sentence and values of each")
    made = models.ForeignKey(PackageVersion, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = PackageImportQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["created_at"], condition=Q(state="waiting"), name="scorm_import_waiting")]


class Completion(models.TextChoices):
    """How far something is."""

    UNKNOWN = "unknown", _("not begun")
    INCOMPLETE = "incomplete", _("begun")
    COMPLETED = "completed", _("done")


class Success(models.TextChoices):
    """How it went."""

    UNKNOWN = "unknown", _("not said")
    PASSED = "passed", _("passed")
    FAILED = "failed", _("not passed")


class Registration(models.Model):
    """A learner's way through one version of a package, where it stands in a lesson. Beginning again makes a new one.

    Every window in which it is opened is a *session*, numbered by ``sessions``; what windows send is numbered within
    each. ``kept_session`` and ``kept_number`` name the last that was kept; nothing earlier overwrites it.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.PROTECT, related_name="registrations")
    item = models.ForeignKey("catalog.OutlineItem", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PackageVersion, on_delete=models.PROTECT, related_name="registrations")
    number = models.PositiveSmallIntegerField()
    sessions = models.PositiveIntegerField(default=0)
    kept_session = models.PositiveIntegerField(default=0)
    kept_number = models.PositiveIntegerField(default=0)
    completion = models.CharField(max_length=10, choices=Completion, default=Completion.UNKNOWN)
    success = models.CharField(max_length=7, choices=Success, default=Success.UNKNOWN)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="0-100, as the package says it")
    seconds = models.PositiveIntegerField(default=0, help_text="as the package says it")
    current = models.ForeignKey(PackageItem, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.TextField(blank=True, help_text="SCORM 2004: where the rules have led, in the player's own words")
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("enrollment", "item", "number", name="one_registration_per_number")]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.item_id} ({self.number})"


class ItemState(models.Model):
    """What a learner did in one item of a package: what it said of itself, and all it keeps for the next time."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="states")
    item = models.ForeignKey(PackageItem, on_delete=models.PROTECT, related_name="+")
    completion = models.CharField(max_length=10, choices=Completion, default=Completion.UNKNOWN)
    success = models.CharField(max_length=7, choices=Success, default=Success.UNKNOWN)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="0-100")
    progress = models.DecimalField(max_digits=5, decimal_places=4, null=True, help_text="0-1")
    seconds = models.PositiveIntegerField(default=0)
    is_suspended = models.BooleanField(default=True, help_text="it goes on where it was; otherwise it begins anew")
    cmi = models.JSONField(default=dict, help_text="the whole data model")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("registration", "item", name="one_state_per_package_item")]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.item_id}"


class LaunchSession(models.Model):
    """One opening of a cmi5 unit. Its token is given out once and works until the unit ends or another is opened.

    Of the token only a digest is kept.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="launches")
    item = models.ForeignKey(PackageItem, on_delete=models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, blank=True)
    has_launch_data = models.BooleanField(default=False, help_text="the unit has read how it was opened")
    has_preferences = models.BooleanField(default=False, help_text="the unit has read what the learner prefers")
    launched_at = models.DateTimeField()
    initialized_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="terminated, or abandoned for another")

    class Meta:
        constraints = [
            models.UniqueConstraint("token_digest", condition=~Q(token_digest=""), name="one_launch_per_token"),
            models.UniqueConstraint("registration", condition=Q(ended_at=None), name="one_open_launch"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class Statement(models.Model):
    """A statement of xAPI about a registration, by a unit or by the platform itself. Never changed."""

    key = models.UUIDField()
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="statements")
    launch = models.ForeignKey(LaunchSession, on_delete=models.CASCADE, null=True, related_name="statements")
    verb = models.CharField(max_length=255)
    is_defined = models.BooleanField(help_text="one of those by which cmi5 decides; others are the unit's own")
    body = models.JSONField()
    stored_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint("registration", "key", name="one_statement_per_key")]
        indexes = [
            models.Index(fields=["registration", "verb"], condition=Q(is_defined=True), name="defined_statements")
        ]

    def __str__(self) -> str:
        return str(self.key)


class Document(models.Model):
    """What cmi5 units keep for a learner: states of a registration, and profiles of hers that outlive it."""

    class Kind(models.TextChoices):
        STATE = "state", "state"
        ACTIVITY = "activity", "activity profile"
        AGENT = "agent", "agent profile"

    kind = models.CharField(max_length=8, choices=Kind)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, null=True, related_name="documents")
    item = models.ForeignKey(PackageItem, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    body = models.BinaryField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "registration", "item", "name", condition=Q(kind="state"), name="one_state_document"
            ),
            models.UniqueConstraint(
                "person", "item", "name", condition=Q(kind="activity"), name="one_activity_profile"
            ),
            models.UniqueConstraint("person", "name", condition=Q(kind="agent"), name="one_agent_profile"),
        ]

    def __str__(self) -> str:
        return self.name

"""Libraries that are installed, content that uses them, and packages on their way in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from courses.h5p.core import LibraryKey
from courses.h5p.querysets import ContentQuerySet, LibraryQuerySet, PackageImportQuerySet
from courses.h5p.words import words_in
from courses.packages.models import Incoming


class Library(models.Model):
    """A library at one major and minor version, which is what content is bound to. Others live beside it.

    ``current`` is the revision that plays; the earlier ones stay, so that an upgrade can be taken back.
    """

    name = models.CharField(max_length=255)
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField()
    current = models.ForeignKey("LibraryRevision", on_delete=models.PROTECT, null=True, related_name="+")

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name = _("H5P library")
        verbose_name_plural = _("H5P libraries")
        ordering = ("name", "-major", "-minor")
        constraints = [models.UniqueConstraint("name", "major", "minor", name="one_library_per_version")]
        permissions = [("install_library", "Can install and upgrade H5P libraries")]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def key(self) -> LibraryKey:
        """Its exact version, as content names it."""
        return LibraryKey(self.name, self.major, self.minor)

    @property
    def title(self) -> str:
        """What people call it, in the language that is active."""
        title = str(self.current.manifest.get("title") or self.name) if self.current else self.name
        return words_in(get_language() or "en").get(title, title)


class LibraryRevision(models.Model):
    """The files of a library as one package brought them. Never changed, so browsers may keep its files for ever."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="revisions")
    patch = models.PositiveIntegerField()
    folder = models.CharField(max_length=300, unique=True, help_text="of its files in the storage and in addresses")
    manifest = models.JSONField(help_text="library.json")
    semantics = models.JSONField(default=list, help_text="semantics.json")
    translations = models.JSONField(default=dict, help_text="language/*.json by language")
    files = models.JSONField(help_text="SHA-256 of each file by its path")
    installed_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.folder

    @property
    def is_addon(self) -> bool:
        """Whether it adds itself to content of others, as the display of formulas does."""
        return "addTo" in self.manifest


class Content(models.Model):
    """Something interactive that lessons show: a quiz, a film with questions, a set of cards.

    ``live`` is the version that learners get.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=255)
    live = models.ForeignKey("ContentVersion", on_delete=models.PROTECT, null=True, related_name="+")
    states_from = models.PositiveIntegerField(
        default=1, db_default=1, help_text="states of versions before this one are void: learners begin again"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ContentQuerySet.as_manager()

    class Meta:
        verbose_name = _("interactive content")
        verbose_name_plural = _("interactive content")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.title


class ContentVersion(models.Model):
    """The content as it was saved once. Never changed: attempts and answers point at what the learner saw.

    ``params`` fits the library's semantics; it is what learners get and what an export holds.
    """

    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="main_of")
    params = models.JSONField()
    metadata = models.JSONField(default=dict)
    files = models.JSONField(default=dict, help_text="SHA-256 of each file by its path in the content")
    size = models.PositiveBigIntegerField(default=0, help_text="bytes of its files")
    created_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint("content", "number", name="one_content_version_per_number")]

    def __str__(self) -> str:
        return f"{self.content_id}: {self.number}"


class ContentLibrary(models.Model):
    """A library that a version of content uses directly, in the order of use: the main one is the last."""

    version = models.ForeignKey(ContentVersion, on_delete=models.CASCADE, related_name="uses")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="used_by")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint("version", "library", name="content_uses_a_library_once")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.library_id}"


class ContentDraft(models.Model):
    """Content as its author writes it, whole or not. Publishing makes it a version and takes the draft away.

    ``revision`` counts how often it was saved, so that nobody saves over what another one wrote unseen. What nobody
    has published yet is content without ``live``.
    """

    content = models.OneToOneField(Content, on_delete=models.CASCADE, related_name="draft")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=255, blank=True)
    params = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    files = models.JSONField(default=dict, help_text="SHA-256 by path of all that was uploaded, in use or not")
    based_on = models.PositiveIntegerField(default=0, help_text="number of the version it began as; 0 for none")
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.content_id}: draft {self.revision}"


class PackageImport(Incoming):
    """An ``.h5p`` file on its way in: uploaded, then imported or refused, with every problem named.

    ``upgrades`` lists libraries of which the package brings a higher patch than is installed. They are not taken
    without being confirmed, because they would change other content too.
    """

    package = models.FileField(_("H5P package"), upload_to="h5p/uploads", max_length=255, blank=True)
    takes_upgrades = models.BooleanField(default=False)
    problems = models.JSONField(default=list, help_text="code, path, sentence and values of each")
    installed = models.JSONField(default=list, help_text="names and versions of libraries that came with it")
    upgrades = models.JSONField(default=list)
    content = models.ForeignKey(Content, on_delete=models.SET_NULL, null=True, related_name="imports")
    replaces = models.ForeignKey(
        Content, on_delete=models.SET_NULL, null=True, related_name="+", help_text="the content that it is a version of"
    )
    begins_again = models.BooleanField(
        default=False, db_default=False, help_text="learners of the content it replaces begin anew"
    )

    objects = PackageImportQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["created_at"], condition=Q(state="waiting"), name="h5p_import_waiting")]


class PlayerState(models.Model):
    """Where a learner is inside content at one place of her course: what the player asked to keep, under its names.

    ``data`` is text that only the player understands; empty, it was deleted. ``invalidates`` says that it means
    nothing to a version whose states begin anew. The one made last stays, from whichever device and in whatever order
    they arrive.
    """

    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey("catalog.OutlineItem", on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(ContentVersion, on_delete=models.CASCADE, related_name="+")
    data_type = models.CharField(max_length=127)
    sub_content = models.CharField(max_length=64, help_text="of the part inside the content, 0 for the whole")
    data = models.TextField(blank=True)
    invalidates = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "enrollment", "item", "data_type", "sub_content", name="one_h5p_state_per_name_and_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.item_id} {self.data_type}"


class Attempt(models.Model):
    """One time that a learner finished content, as her browser reported it. ``key`` is the page's own.

    ``finished_at`` and ``seconds`` are believed as far as the server's clock agrees. A score is kept as reported;
    ``grade`` is the same on the scale that progress knows.
    """

    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey("catalog.OutlineItem", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)
    score = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    most = models.DecimalField(max_digits=10, decimal_places=3, null=True, help_text="what the score is out of")
    grade = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="0-100")

    class Meta:
        constraints = [
            models.UniqueConstraint("enrollment", "item", "key", name="one_h5p_attempt_per_key"),
            models.CheckConstraint(
                condition=Q(score=None, most=None) | Q(score__gte=0, score__lte=F("most")), name="h5p_score_in_range"
            ),
            models.CheckConstraint(condition=Q(grade=None) | Q(grade__range=(0, 100)), name="h5p_grade_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.item_id} {self.grade}"


class XapiStatement(models.Model):
    """What content said a learner did, as an xAPI statement without its actor: verb, object, result and context."""

    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey("catalog.OutlineItem", on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(ContentVersion, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField(help_text="the statement's id")
    verb = models.CharField(max_length=200)
    body = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("enrollment", "item", "key", name="one_h5p_statement_per_key")]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.verb}"

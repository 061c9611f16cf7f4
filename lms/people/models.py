"""People, the numbers they are known by, the tree of units they belong to, and what they may do in it."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.common.models import Dated
from lms.people import vault
from lms.people.querysets import (
    AncestryQuerySet,
    IdentifierQuerySet,
    MembershipQuerySet,
    OrgUnitQuerySet,
    PersonManager,
    RoleQuerySet,
)


class Sex(models.TextChoices):
    MALE = "m", _("male")
    FEMALE = "f", _("female")


class EmploymentType(models.TextChoices):
    PNS = "pns", "PNS"
    CPNS = "cpns", "CPNS"
    PPPK = "pppk", "PPPK"
    PPPK_PART_TIME = "pppk_part_time", _("PPPK part-time")
    NON_ASN = "non_asn", _("Non-ASN")
    PUBLIC = "public", _("general public")


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who learns or works here. A person is not a number: numbers are ``Identifier`` rows with dates."""

    email = models.EmailField(_("e-mail"), null=True, blank=True, unique=True, help_text=_("in lower case"))
    full_name = models.CharField(_("name"), max_length=150, help_text=_("without titles"))
    title_prefix = models.CharField(_("titles before the name"), max_length=60, blank=True)
    title_suffix = models.CharField(_("titles after the name"), max_length=60, blank=True)
    birth_on = models.DateField(_("birth date"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    language = models.CharField(_("language"), max_length=5, default="id")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Jakarta")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_lower_case"),
        ]
        indexes = [models.Index(fields=["full_name", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def name(self) -> str:
        """The name with its titles, as it stands on a certificate: ``Dr. Siti Aminah, M.Pd.``."""
        front = f"{self.title_prefix} {self.full_name}".strip()
        return f"{front}, {self.title_suffix}" if self.title_suffix else front

    @property
    def is_staff(self) -> bool:
        """Django asks this of whoever opens an admin; the CMS decides by permission of its own."""
        return self.is_superuser

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]


class Identifier(Dated):
    """A number by which a person is known while it holds: NIP, NIK, NUPTK, NPK, PegID.

    It is found by ``digest`` (keyed, so that a stolen table does not give the numbers back) and shown from ``value``,
    which is encrypted where ``Kind.is_secret`` says so. A new NIP ends the old row and starts another.
    """

    class Kind(models.TextChoices):
        NIP = "nip", "NIP"
        NIK = "nik", "NIK"
        NUPTK = "nuptk", "NUPTK"
        NPK = "npk", "NPK"
        PEGID = "pegid", "PegID"

        @property
        def is_secret(self) -> bool:
            return self is type(self).NIK

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=6, choices=Kind)
    digest = models.CharField(max_length=64)
    value = models.CharField(max_length=200)

    objects = IdentifierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("digest", condition=Q(ends_on=None), name="one_holder_per_identifier"),
            models.UniqueConstraint("person", "kind", condition=Q(ends_on=None), name="one_identifier_of_a_kind"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="identifier_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="identifier_by_digest")]

    @property
    def number(self) -> str:
        """The number in clear."""
        return vault.unseal(self.value) if self.Kind(self.kind).is_secret else self.value


class UnitType(models.TextChoices):
    """Kinds of unit, by the codes of the ministry's own statistics."""

    MINISTRY = "ministry", _("Ministry")
    HQ = "hq", _("Head office unit")
    PROVINCE_OFFICE = "province_office", _("Provincial office")
    REGENCY_OFFICE = "regency_office", _("Regency or city office")
    KUA = "kua", _("Sub-district office (KUA)")
    SCHOOL = "school", _("State school")
    COLLEGE = "college", _("State university or college")
    TRAINING_CENTER = "training_center", _("Training center")
    OTHER = "other", _("Other unit")


class OrgUnit(models.Model):
    """A work unit as it is today; services change it.

    Its past names and places are ``OrgUnitVersion`` rows; its branch, ``Ancestry``.
    """

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=200)
    unit_type = models.CharField(_("type"), max_length=20, choices=UnitType)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    province_code = models.CharField(_("province"), max_length=2, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Jakarta")
    is_remote = models.BooleanField(_("remote area"), default=False)
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="unit_is_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="unit_closes_after_opening"
            ),
        ]
        indexes = [models.Index(fields=["name", "id"], name="unit_by_name")]

    def __str__(self) -> str:
        return self.name


class OrgUnitVersion(Dated):
    """What a unit was called and where it stood, between two dates."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="versions")
    name = models.CharField(max_length=200)
    parent = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("unit", condition=Q(ends_on=None), name="one_current_version_per_unit"),
            models.UniqueConstraint("unit", "starts_on", name="one_version_per_unit_and_start"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="version_ends_after_start"
            ),
        ]


class Ancestry(Dated):
    """``unit`` stands ``depth`` levels below ``ancestor`` between two dates; depth 0 is the unit itself.

    The closure of the tree: a branch on any day is one indexed read.
    """

    ancestor = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="below")
    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="above")
    depth = models.PositiveSmallIntegerField()

    objects = AncestryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("ancestor", "unit", condition=Q(ends_on=None), name="one_current_ancestry"),
            models.UniqueConstraint("unit", "depth", condition=Q(ends_on=None), name="one_current_ancestor_per_level"),
            models.CheckConstraint(
                condition=Q(depth=0, ancestor=F("unit")) | (Q(depth__gt=0) & ~Q(ancestor=F("unit"))),
                name="only_depth_zero_is_the_unit_itself",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="ancestry_ends_after_start"
            ),
        ]


class Membership(Dated):
    """A person's place in a unit between two dates, and what she was there.

    Nothing is written ahead of its day, so the row without an end is where she is today.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="memberships")
    employment_type = models.CharField(_("employment type"), max_length=15, choices=EmploymentType)
    position = models.CharField(_("position"), max_length=120, blank=True)
    grade = models.CharField(pgettext_lazy("rank", "grade"), max_length=6, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("person", condition=Q(ends_on=None), name="one_current_membership"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "person"], condition=Q(ends_on=None), name="members_of_unit"),
            # Where people were on a day gone by, without reading the rows of today.
            models.Index(
                fields=["starts_on", "ends_on", "person", "unit"], condition=~Q(ends_on=None), name="ended_memberships"
            ),
        ]


class Role(Dated):
    """What a person may do, in the branch below ``unit``, between two dates."""

    class Kind(models.TextChoices):
        AUTHOR = "author", _("course author")
        HR_OFFICER = "hr_officer", _("HR officer")
        ORGANIZER = "organizer", _("organizer")
        ADMINISTRATOR = "administrator", _("administrator")
        SUPERIOR = "superior", _("superior")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(_("role"), max_length=15, choices=Kind)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="roles")

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "kind", "unit", condition=Q(ends_on=None), name="one_current_role"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="role_ends_after_start"
            ),
        ]

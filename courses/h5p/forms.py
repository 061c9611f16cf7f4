"""The shape of an upload."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from courses.h5p.core.manifest import LICENSES
from courses.h5p.uploads import ENDINGS
from courses.packages.zips import MEGABYTE, Limits


class UploadForm(forms.Form):
    """A package; who may install libraries also says whether it may replace installed ones.

    One that replaces content also says whether its learners begin anew.
    """

    package = forms.FileField(
        label=_("H5P file"),
        help_text=_("A file ending in .h5p, as H5P.org, Moodle, WordPress or Lumi export it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".h5p"}),
    )
    takes_upgrades = forms.BooleanField(
        required=False,
        label=_("Take higher versions of libraries that are installed already"),
        help_text=_("They then play all other content of their kind too. The version before stays to go back to."),
    )

    begins_again = forms.BooleanField(
        required=False,
        label=_("Learners begin again"),
        help_text=_(
            "For another task than before. What they have completed and reached stays; only where they were in it goes."
        ),
    )

    def __init__(self, *args: Any, may_install: bool, is_next: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_install:
            del self.fields["takes_upgrades"]
        if not is_next:
            del self.fields["begins_again"]

    def clean_package(self) -> Any:
        package = self.cleaned_data["package"]
        if not package.name.lower().endswith(".h5p"):
            raise ValidationError(_("This is not an H5P package. Choose a file ending in .h5p."))
        if package.size > Limits().packed:
            raise ValidationError(
                _("The file is larger than %(limit)s MB, the most that can be uploaded.")
                % {"limit": Limits().packed // MEGABYTE}
            )
        return package


class _Ours(forms.Form):
    """Fields of ours beside those of content, told apart by the underscore before their names."""

    def add_prefix(self, field_name: str) -> str:
        return f"_{field_name}"


_SPOKEN = {"U": _("Not said"), "C": _("Copyright"), "PD": _("Public domain")}


class AboutForm(_Ours):
    """What content says of itself."""

    title = forms.CharField(
        label=_("Title"),
        max_length=255,
        error_messages={"required": _("Fill in the title: lessons and lists show it.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    license = forms.ChoiceField(
        label=_("License"),
        required=False,
        choices=[(code, _SPOKEN.get(code, code)) for code in ("U", *sorted(LICENSES - {"U"}))],
    )
    author = forms.CharField(label=_("Author"), max_length=255, required=False)
    source = forms.URLField(
        label=_("Source"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("The address at which it was found, if it was made by others."),
    )

    @classmethod
    def initial_of(cls, title: str, metadata: dict[str, Any]) -> dict[str, Any]:
        """What the form shows for content that is there."""
        authors = metadata.get("authors") or [{}]
        return {
            "title": title,
            "language": metadata.get("language"),
            "license": metadata.get("license", "U"),
            "author": authors[0].get("name", ""),
            "source": metadata.get("source", ""),
        }

    def title_as_typed(self) -> str:
        """The title, also of a form that is not whole yet."""
        return str(self.data.get("_title", "")).strip()[:255]

    def metadata(self) -> dict[str, Any]:
        """What is kept of it with a draft, as it was typed."""
        said = {name: str(self.data.get(f"_{name}", "")).strip() for name in self.fields}
        author = escape(said["author"][:255])
        language = said["language"] if said["language"] in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        return {
            "language": language,
            "defaultLanguage": language,
            "license": said["license"] if said["license"] in LICENSES else "U",
            "authors": [{"name": author, "role": "Author"}] if author else [],
            "source": said["source"][:500],
        }


class StandingForm(_Ours):
    """What a page began from, and what its author wants done."""

    key = forms.UUIDField(required=False)
    version = forms.IntegerField(min_value=0)
    revision = forms.IntegerField(min_value=0)
    overwrites = forms.BooleanField(required=False)
    begins_again = forms.BooleanField(required=False)
    act = forms.ChoiceField(choices=[("save", ""), ("publish", "")], required=False)


class UploadedFileForm(forms.Form):
    """A file for one field of content."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ENDINGS])
    file = forms.FileField()

"""The shape of an upload."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.packages.zips import MEGABYTE, Limits

ENDINGS = (".zip", ".xml")


class UploadForm(forms.Form):
    """A package."""

    package = forms.FileField(
        label=_("Package"),
        help_text=_("A .zip file of SCORM 1.2, SCORM 2004 or cmi5, as authoring tools export it; or a cmi5.xml alone."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def clean_package(self) -> Any:
        package = self.cleaned_data["package"]
        if not package.name.lower().endswith(ENDINGS):
            raise ValidationError(_("This is no package. Choose a file ending in .zip, or a cmi5.xml."))
        if package.size > Limits().packed:
            raise ValidationError(
                _("The file is larger than %(limit)s MB, the most that can be uploaded.")
                % {"limit": Limits().packed // MEGABYTE}
            )
        return package

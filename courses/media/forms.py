"""What the CMS checks of an uploaded picture."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from courses.media.rules import decode


class PictureField(WagtailImageField):  # type: ignore[misc]
    """A picture that is whole: a broken one is refused with a sentence, whatever it makes the decoder raise."""

    def to_python(self, data: Any) -> Any:
        try:
            file = super().to_python(data)
            if file is not None:
                decode(file)
                file.seek(0)
        except ValidationError:
            raise
        except Exception as error:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error
        return file


class PictureForm(BaseImageForm):  # type: ignore[misc]
    """The form behind every way to upload a picture."""

    file = PictureField(label=_("file"))

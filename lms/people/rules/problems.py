"""What can be wrong with a number or a name: a stable code, its values, and the words for a reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. An error keeps the value out; a warning lets it in and asks somebody to look."""

    code: str
    is_error: bool = True
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The finding in the reader's language."""
        return str(messages[self.code]) % self.values if self.code in messages else gettext("This value is not valid.")


messages: dict[str, Promise] = {
    "identifier_empty": _("The number is empty."),
    "identifier_spreadsheet": _(
        "The spreadsheet shortened this number (%(given)s). Format the column as text and type the number again."
    ),
    "identifier_characters": _("The number may hold letters and digits only."),
    "identifier_long": _("The number is longer than %(limit)d characters."),
    "nip_length": _("A NIP has 18 digits; this one has %(length)d."),
    "nip_digits": _("A NIP holds digits only."),
    "nip_birth": _("The first eight digits of the NIP (%(digits)s) are not a possible birth date."),
    "nip_start": _("Digits 13-14 of the NIP (%(digits)s) are neither a month (01-12) nor a contract number (21-99)."),
    "nip_sex": _("Digit 15 of the NIP (%(digit)s) must be 1 or 2."),
    "nip_serial": _("The last three digits of the NIP must not be 000."),
    "nip_age": _("By this NIP the person was %(age)d years old at the start of service. Please check."),
    "nik_length": _("A NIK has 16 digits; this one has %(length)d."),
    "nik_digits": _("A NIK holds digits only."),
    "name_empty": _("The name is empty."),
    "name_long": _("The name is longer than %(limit)d characters."),
    "name_digits": _("The name holds digits. Please check."),
    "name_titles_long": _("The titles are longer than %(limit)d characters."),
}

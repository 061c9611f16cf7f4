"""What uploads of people and units have to say about a row."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.rules.problems import messages

SENTENCES: Mapping[str, str | Promise] = {
    **messages,
    "identifier_destroyed": _(
        "The spreadsheet turned this number into %(given)s, and its last digits are lost. Set the column to “Text”, "
        "type the number again from the source, and upload the row again."
    ),
    "no_identity": _("Give a NIP, another number, or an e-mail address, so that we know who this is."),
    "email_invalid": _("“%(given)s” is not an e-mail address."),
    "date_invalid": _("“%(given)s” is not a date. Write it as day/month/year, for example 17/08/2024."),
    "date_future": _("%(given)s lies in the future. Upload the row when the day has come."),
    "date_before_current": _(
        "The person has been in the present place since %(current)s, which is after %(given)s. Check the date."
    ),
    "employment_unknown": _("“%(given)s” is no employment type we know. Use one of: %(known)s."),
    "employment_missing": _("Say the employment type: it cannot be read from the number."),
    "sex_unknown": _("“%(given)s” is not understood. Write L or P."),
    "too_long": _("The text is longer than %(limit)s characters."),
    "unit_missing": _("Say to which unit the person belongs, by its code or its full name."),
    "unit_unknown": _("There is no open unit “%(given)s”. Check the code, or ask for the unit to be added first."),
    "unit_outside": _("The unit “%(given)s” is not in your branch. Ask the office that looks after it."),
    "unit_ambiguous": _("Several units in your branch are called “%(given)s”. Give the unit code."),
    "unit_zeros": _("The spreadsheet dropped zeros of the unit code: %(given)s was taken as %(taken)s."),
    "twice": _("The same person is already in row %(first)s of this file."),
    "different_people": _("The numbers and the e-mail of this row belong to different people. Check them."),
    "elsewhere": _(
        "This person is registered with an office outside your branch. Ask that office, or the office above both of "
        "you, to record the transfer."
    ),
    "protected": _(
        "This person holds an office of the platform outside your branch. Her numbers and e-mail are changed by an "
        "administrator."
    ),
    "rejoins_email": _(
        "This person had left and has another e-mail address here. She can change it herself after signing in, or an "
        "administrator can."
    ),
    "email_taken": _("This e-mail address belongs to somebody else."),
    "number_changes": _("The %(kind)s changes from %(before)s to %(after)s. Please check."),
    "name_differs": _("The name differs entirely from the one we have (%(before)s). Check that the number is right."),
    "birth_differs": _("The birth date is not the one in the NIP. The one in the column was taken."),
    "undo_in_use": _("Kept: the account has been used since, so it is no longer removed."),
    "undo_changed": _("Kept: this was changed again after the upload."),
}

UNIT_SENTENCES: Mapping[str, str | Promise] = {
    "too_many_rows": _("A list of units has at most %(limit)s rows. Split the file."),
    "code_destroyed": _(
        "The spreadsheet turned this code into %(given)s, and its last digits are lost. Set the column to “Text”, type "
        "the code again from the source, and upload the row again."
    ),
    "code_empty": _("The unit code is empty."),
    "code_invalid": _("“%(given)s” is no unit code: use letters, digits, dots, dashes and slashes only."),
    "code_zeros": _("The spreadsheet dropped zeros of the unit code: %(given)s was taken as %(taken)s."),
    "code_twice": _("The unit “%(given)s” is already in row %(first)s of this file."),
    "too_long": _("The text is longer than %(limit)s characters."),
    "name_missing": _("Give the new unit a name."),
    "type_missing": _("Say of what type the new unit is. Use one of: %(known)s."),
    "type_unknown": _("“%(given)s” is no type of unit we know. Use one of: %(known)s."),
    "remote_unknown": _("“%(given)s” is not understood. Write yes or no."),
    "province_unknown": _("There is no province “%(given)s”. Write its name or its two-digit code."),
    "zone_unknown": _("“%(given)s” is no time zone of Indonesia. Write WIB, WITA or WIT."),
    "date_invalid": SENTENCES["date_invalid"],
    "date_future": SENTENCES["date_future"],
    "opened_differs": _("The unit was opened on %(known)s by our records. That date stays."),
    "unit_closed": _("The unit “%(given)s” has been closed."),
    "unit_outside": _("The unit “%(given)s” is not in your branch. Ask the office that looks after it."),
    "unit_own": _("“%(given)s” is the top of your own branch. The office above it changes it."),
    "parent_missing": _("Say below which unit the new unit stands, by the code of that unit."),
    "parent_unknown": _("There is no unit “%(given)s”, neither here nor in this file. Check the code."),
    "parent_closed": _("The unit above, “%(given)s”, has been closed."),
    "parent_outside": _("The unit above, “%(given)s”, is not in your branch. Ask the office that looks after it."),
    "parent_has_error": _("The unit above, “%(given)s”, has an error in row %(first)s. Mend that row first."),
    "circle": _("The units would stand below each other in a circle: %(codes)s. Check the codes of the units above."),
    "undo_in_use": _("Kept: the unit has been used since, so it is no longer removed."),
    "undo_changed": _("Kept: this was changed again after the upload."),
}

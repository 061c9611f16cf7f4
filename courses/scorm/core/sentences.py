"""The sentence behind every code that the readers of SCORM and cmi5 know, in English."""

from courses.packages.problems import Vocabulary
from courses.packages.problems import marked as _

says = Vocabulary(
    {
        # XML
        "xml-broken": _("%(path)s cannot be read: it is not well-formed XML (%(detail)s)."),
        "xml-entities": _("%(path)s declares entities, which can be used to attack. Export it without them."),
        "xml-too-large": _("%(path)s is larger than any real one."),
        "xml-too-deep": _("%(path)s is nested too deep."),
        # SCORM: the manifest
        "manifest-missing": _("There is no imsmanifest.xml in the package, so this is no SCORM package."),
        "manifest-in-folder": _(
            "imsmanifest.xml lies in the folder “%(folder)s”. Pack the files themselves, not the folder with them."
        ),
        "aicc-not-supported": _("This is a course in the old AICC format, which cannot be played. Export it as SCORM."),
        "not-a-manifest": _("imsmanifest.xml is not a SCORM manifest: it begins with “%(tag)s”."),
        "version-unknown": _("The manifest does not say which version of SCORM it is (“%(version)s”)."),
        "no-organization": _("The manifest has no organization, so there is no table of contents to play."),
        "default-organization-missing": _(
            "The manifest begins with the organization “%(name)s”, which it does not have; the first one is taken."
        ),
        "nothing-to-launch": _("Nothing in the table of contents can be opened."),
        "too-many-items": _("The table of contents holds more than %(limit)s entries."),
        "identifier-missing": _("An element “%(tag)s” of the manifest has no identifier."),
        "identifier-twice": _("The identifier “%(name)s” is used twice in the manifest."),
        "title-missing": _("The entry “%(name)s” has no title; its identifier is shown instead."),
        "resource-missing": _(
            "The entry “%(title)s” points to the resource “%(name)s”, which the manifest does not have."
        ),
        "resource-without-file": _("The entry “%(title)s” points to the resource “%(name)s”, which names no file."),
        "resource-remote": _(
            "The entry “%(title)s” opens a page of another server: %(address)s. It cannot report from there."
        ),
        "launch-file-missing": _("The entry “%(title)s” opens the file %(file)s, which is not in the package."),
        "launch-file-unsafe": _("The entry “%(title)s” opens a file outside the package: %(file)s."),
        "file-missing": _("The manifest lists the file %(file)s, which is not in the package."),
        "more-files-missing": _("The manifest lists %(count)s further files that are not in the package."),
        "dependency-missing": _("The resource “%(name)s” depends on “%(needed)s”, which the manifest does not have."),
        "value-invalid": _("“%(value)s” is no value for %(property)s of “%(name)s”; it is left out."),
        "sequencing-missing": _("“%(name)s” uses the sequencing “%(needed)s”, which the manifest does not have."),
        # cmi5
        "structure-missing": _("There is no cmi5.xml in the package, so this is no cmi5 course."),
        "structure-in-folder": _(
            "cmi5.xml lies in the folder “%(folder)s”. Pack the files themselves, not the folder with them."
        ),
        "not-a-structure": _("%(path)s is not a cmi5 course structure: it begins with “%(tag)s”."),
        "namespace-unknown": _("%(path)s does not belong to cmi5: its namespace is “%(namespace)s”."),
        "element-missing": _("“%(name)s” lacks the element “%(tag)s”."),
        "element-twice": _("“%(name)s” has the element “%(tag)s” twice."),
        "element-misplaced": _("In “%(name)s” the element “%(tag)s” stands where it must not."),
        "element-unknown": _("cmi5 knows no element “%(tag)s” in “%(name)s”."),
        "text-missing": _("The “%(tag)s” of “%(name)s” has no text."),
        "id-missing": _("An element “%(tag)s” has no id."),
        "id-invalid": _("The id “%(name)s” is no absolute address (IRI)."),
        "id-twice": _("The id “%(name)s” is used twice; every unit, block and objective needs its own."),
        "objective-missing": _("“%(name)s” refers to the objective “%(needed)s”, which the course does not have."),
        "attribute-invalid": _("“%(value)s” is no value for %(property)s of “%(name)s”."),
        "no-units": _("The course has no unit that can be opened."),
        "too-many-units": _("The course has more than %(limit)s units and blocks."),
        "url-invalid": _("The address of the unit “%(name)s” is no address: %(address)s."),
        "url-relative": _(
            "The unit “%(name)s” lies in a file of the package (%(address)s), but only the course structure was given."
            " Pack it as a zip with its files."
        ),
        "url-reserved": _(
            "The address of the unit “%(name)s” uses the name “%(parameter)s”, which cmi5 keeps for itself."
        ),
        "unit-file-missing": _("The unit “%(name)s” opens the file %(file)s, which is not in the package."),
        "unit-file-unsafe": _("The unit “%(name)s” opens a file outside the package: %(file)s."),
        "unit-voids-statements": _(
            "The script %(path)s sends statements that void others. cmi5 forbids this to a unit, so they would be"
            " refused."
        ),
    },
    notes={
        *("default-organization-missing", "title-missing", "file-missing", "more-files-missing", "dependency-missing"),
        "value-invalid",
    },
)

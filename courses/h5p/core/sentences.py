"""The sentence behind every code that the reader of packages knows, in English."""

from courses.packages.problems import Vocabulary
from courses.packages.problems import marked as _

says = Vocabulary(
    {
        # The package
        "wrong-extension": _("An H5P package is a file whose name ends in .h5p; rename it if it is one."),
        "wrapped-in-folder": _(
            "Everything lies in the folder “%(folder)s”. Pack the files themselves, not the folder that holds them."
        ),
        "missing-h5p-json": _("There is no h5p.json in the package, so this is no H5P content."),
        "missing-content-json": _("There is no content/content.json in the package, so it has no content."),
        "missing-library-json": _("The folder %(path)s has no library.json. Only libraries and content may be packed."),
        "missing-semantics": _("The library “%(library)s” lacks semantics.json, so nobody knows what its content is."),
        "file-type-not-allowed": _("%(path)s is of a kind that is not allowed here."),
        "content-mismatch": _("%(path)s is not the kind of file that its name says."),
        "active-svg": _("The drawing %(path)s holds a script or reads other files."),
        # JSON
        "json-broken": _("%(path)s cannot be read: it is not well-formed JSON (line and column %(detail)s)."),
        "json-not-utf8": _("%(path)s is not in UTF-8."),
        "json-too-large": _("%(path)s is larger than any real one."),
        "json-too-deep": _("%(path)s is nested too deep."),
        "json-number": _("%(path)s holds a number that cannot be kept: %(detail)s."),
        "json-character": _("%(path)s holds characters that are not text."),
        "json-key-twice": _("%(path)s names “%(detail)s” twice in one place."),
        "json-not-object": _("%(path)s does not have the form of an H5P file: it must be an object."),
        "json-not-list": _("%(path)s does not have the form of an H5P file: it must be a list."),
        # h5p.json
        "title-missing": _("The content has no title in h5p.json."),
        "title-too-long": _("The title in h5p.json is longer than 255 characters."),
        "language-invalid": _("The language in h5p.json is missing or is no language code."),
        "embed-types-invalid": _("The “embedTypes” in h5p.json must be “div”, “iframe” or both."),
        "license-unknown": _("H5P knows no license “%(license)s”."),
        "dependencies-missing": _("The list of libraries (preloadedDependencies) is missing in h5p.json."),
        "dependencies-invalid": _("%(path)s: an entry of %(property)s is not a library with name and version."),
        "main-library-missing": _("h5p.json does not say which library shows the content (mainLibrary)."),
        "main-library-invalid": _("“%(library)s” cannot be the name of a library (mainLibrary in h5p.json)."),
        "main-library-not-listed": _("The main library “%(library)s” is not among the libraries that h5p.json lists."),
        "main-library-not-runnable": _("“%(library)s” is a part of other libraries and cannot show content by itself."),
        # library.json
        "library-property-missing": _("%(path)s lacks “%(property)s”."),
        "library-property-invalid": _("“%(property)s” in %(path)s is not what it should be."),
        "version-invalid": _("“%(property)s” in %(path)s is no version number: %(value)s."),
        "core-api-too-new": _(
            "The library in %(path)s needs version %(wanted)s of the H5P player; here it is %(ours)s."
        ),
        "library-folder-name": _("The folder %(path)s holds the library “%(library)s”; the two names must agree."),
        "library-twice": _("The library “%(library)s” is packed twice."),
        "library-path-unsafe": _("%(path)s names a file outside its own folder: %(file)s."),
        "library-file-missing": _("%(path)s names the file %(file)s, which is not in the package."),
        "language-file-name": _("%(path)s is not named for a language."),
        "semantics-invalid": _("%(path)s does not describe content as H5P does: %(detail)s."),
        # Libraries that are needed
        "missing-main-library": _(
            "The library “%(library)s”, which shows the content, is neither in the package nor installed here."
        ),
        "missing-required-library": _(
            "The library “%(library)s”, which “%(needed_by)s” needs, is neither in the package nor installed here."
        ),
        "missing-editor-library": _(
            "“%(library)s” is missing, which only the official editor needs for “%(needed_by)s”. The content plays."
        ),
        # What the content refers to
        "remote-file": _("The content loads a file from another server, which learners will not see: %(address)s."),
        "unsafe-reference": _("The content names a file that lies outside of it; it is left out: %(address)s."),
        "file-not-in-package": _("The content names a file that is not in the package: %(address)s."),
    },
    notes={"missing-editor-library", "remote-file", "unsafe-reference", "file-not-in-package"},
)

"""Content written with forms: a library's semantics become a form, and what is sent back becomes content.

    sheet = form_of(params, key, libraries)            # what a page shows
    params = params_from(pairs, key, libraries)        # what it sends back, whole or not
    problems = problems_in(params, key, libraries, files)

``libraries`` says what is installed (:class:`Libraries`). What plays is still made by ``filter_content``.
"""

from courses.h5p.core.authoring.checking import problems_in
from courses.h5p.core.authoring.parts import (
    Libraries,
    Part,
    Section,
    Sheet,
    form_of,
    locate,
    new_library,
    part_of,
    section_of,
)
from courses.h5p.core.authoring.reading import Pairs, params_from, value_from
from courses.h5p.core.authoring.wording import in_words_of, translated

__all__ = [
    "Libraries",
    "Pairs",
    "Part",
    "Section",
    "Sheet",
    "form_of",
    "in_words_of",
    "locate",
    "new_library",
    "params_from",
    "part_of",
    "problems_in",
    "section_of",
    "translated",
    "value_from",
]

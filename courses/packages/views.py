"""What the pages on which packages are brought in have in common."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from courses.packages.problems import from_row

SECONDS_BETWEEN_LOOKS = 3


def report_page(
    request: HttpRequest,
    made: Any,
    template: str,
    *,
    address: str,
    list_address: str,
    crumbs: Sequence[dict[str, str]],
    icon: str,
) -> HttpResponse:
    """What became of a package that was uploaded; looks again by itself while the import ``made`` is under way.

    ``address`` is where what came of it is to be seen, if anything did.
    """
    context = {
        "made": made,
        "address": address,
        "list_address": list_address,
        "lines": [from_row(row).text(_) for row in made.problems],
        "breadcrumbs_items": [*crumbs, {"url": "", "label": made.source_name}],
        "header_title": made.source_name,
        "header_icon": icon,
    }
    response = TemplateResponse(request, template, context)
    if made.state == made.State.WAITING:
        response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response

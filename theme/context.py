"""What the frame around every page needs."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from lms.common.registry import header_items, menu_items


def shell(request: HttpRequest) -> dict[str, Any]:
    """The main menu and the signs in the header, evaluated only by templates that draw them."""

    def menu() -> list[dict[str, Any]]:
        items = [item for item in menu_items.values() if item.shown_to(request.user)]
        lines = []
        for item in sorted(items, key=lambda item: item.order):
            href = reverse(item.url_name)
            lines.append({"label": item.label, "icon": item.icon, "href": href, "is_here": _is_here(request, href)})
        return lines

    def signs() -> list[dict[str, Any]]:
        lines = []
        for item in sorted(header_items.values(), key=lambda item: item.order):
            href, count = reverse(item.url_name), item.count(request.user)
            lines.append(
                {"label": item.label, "icon": item.icon, "href": href, "count": count, "is_here": request.path == href}
            )
        return lines

    return {"main_menu": menu, "header_signs": signs}


def _is_here(request: HttpRequest, href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href))

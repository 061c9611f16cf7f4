"""What the frame around every page needs."""

from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from lms.common.registry import header_items, menu_items


class MenuLine(NamedTuple):
    """A line of the main menu as one page shows it."""

    label: str
    icon: str
    href: str
    is_here: bool
    number: int = 0


class Sign(NamedTuple):
    """A sign in the header as one page shows it."""

    label: str
    icon: str
    href: str
    number: int
    is_here: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """The main menu and the signs in the header, evaluated only by templates that draw them."""

    def menu() -> list[MenuLine]:
        items = [item for item in menu_items.values() if item.shown_to(request.user)]
        items.sort(key=lambda item: item.order)
        return [
            MenuLine(
                str(item.label),
                item.icon,
                (href := _address(item.url_name)),
                _is_here(request, href),
                item.count(request.user) if item.count else 0,
            )
            for item in items
        ]

    def signs() -> list[Sign]:
        items = sorted(header_items.values(), key=lambda item: item.order)
        return [
            Sign(
                str(item.label),
                item.icon,
                (href := _address(item.url_name)),
                item.count(request.user),
                request.path == href,
            )
            for item in items
        ]

    return {"main_menu": menu, "header_signs": signs}


@lru_cache
def _address(url_name: str) -> str:
    return reverse(url_name)


def _is_here(request: HttpRequest, href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href))

"""What the frame around every page needs."""

from typing import Any

from django.http import HttpRequest

from lms.common.registry import menu_items


def shell(request: HttpRequest) -> dict[str, Any]:
    """The main menu, evaluated only by templates that draw it."""

    def menu() -> list[Any]:
        items = sorted(menu_items.values(), key=lambda item: item.order)
        return [item for item in items if item.shown_to(request.user)]

    return {"main_menu": menu}

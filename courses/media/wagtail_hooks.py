"""What the library adds to the CMS."""

from typing import Any

from django.templatetags.static import static
from django.urls import include, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks

from courses.media.viewsets import MediaViewSet


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_viewset() -> MediaViewSet:
    """Video and audio."""
    return MediaViewSet("mediafiles")


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_urls() -> list[Any]:
    """Addresses below ``/cms/``."""
    return [path("media/", include("courses.media.cms_urls"))]


@hooks.register("insert_global_admin_css")  # type: ignore[untyped-decorator]
def look() -> SafeString:
    """How the preparation of a file looks."""
    return format_html('<link rel="stylesheet" href="{}">', static("media/cms.css"))


@hooks.register("insert_global_admin_js")  # type: ignore[untyped-decorator]
def follow() -> SafeString:
    """What pages of the library do: follow a preparation, send large files in parts, write captions."""
    scripts = [(static(f"media/{name}.js"),) for name in ("cms", "upload", "captions")]
    return format_html_join("\n", '<script src="{}" type="module"></script>', scripts)

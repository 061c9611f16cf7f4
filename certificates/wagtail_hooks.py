"""What certificates add to the CMS."""

from wagtail import hooks

from certificates.viewsets import NumberPatternViewSet


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_number_patterns() -> NumberPatternViewSet:
    """How certificates are numbered."""
    return NumberPatternViewSet()

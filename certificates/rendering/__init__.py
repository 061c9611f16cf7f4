"""Template and facts in, PDF out. Knows neither database nor keys."""

from certificates.rendering.pdf import render

__all__ = ["render"]

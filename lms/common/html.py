"""HTML that people wrote or that came in an archive, made safe to show, with its formulas as MathML."""

import html
import re
from functools import lru_cache

import latex2mathml.converter
import nh3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT_TAGS = _words(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption "
    "figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub "
    "summary sup table tbody td tfoot th thead time tr u ul var wbr"
)
MATH_TAGS = _words(
    "math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics"
)
_MATH_ATTRIBUTES = _words(
    "accent accentunder columnalign columnlines columnspacing columnspan depth display displaystyle fence form "
    "height linethickness lspace mathvariant maxsize minsize movablelimits notation rowlines rowspacing rowspan "
    "rspace scriptlevel separator stretchy symmetric width"
)
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "abbr"},
    "time": {"datetime"},
    **{tag: set(_MATH_ATTRIBUTES) for tag in MATH_TAGS},
}

_FORMULA = re.compile(
    r"\\\((?P<inline>.+?)\\\)|\\\[(?P<block>.+?)\\\]|\$\$(?P<dollars>.+?)\$\$"
    r"|\[mathjaxinline\](?P<olx_inline>.+?)\[/mathjaxinline\]|\[mathjax\](?P<olx_block>.+?)\[/mathjax\]",
    re.DOTALL,
)
_BREAK = re.compile(r"<br\s*/?>")
_TAG = re.compile(r"<[^>]*>")


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Pictures come from here and nowhere else, so that reading a text tells no other host about it."""
    if tag == "img" and attribute == "src" and (not value.startswith("/") or value.startswith(("//", "/\\"))):
        return None
    return value


def clean_html(text: str) -> str:
    """``text`` with only harmless tags and attributes left; cleaning twice changes nothing more."""
    return nh3.clean(
        text,
        tags=set(TEXT_TAGS | MATH_TAGS),
        clean_content_tags={"script", "style", "iframe", "object", "embed", "noscript", "template", "title"},
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def plain_text(text: str) -> str:
    """What is left of ``text`` for a reader without markup, in one line."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing at all."""
    return "<img" not in text and "<math" not in text and not plain_text(text)


@lru_cache(maxsize=4096)
def mathml(latex: str, *, display: bool = False) -> str:
    r"""LaTeX as MathML; what cannot be read as LaTeX is shown as it was typed."""
    try:
        made = latex2mathml.converter.convert(latex, display="block" if display else "inline")
    except Exception:  # the converter raises whatever its parser stumbles over; the reader still gets the source
        return f"<code>{html.escape(latex)}</code>"
    return clean_html(made)


@lru_cache(maxsize=4096)
def with_math(text: str) -> str:
    r"""Cleaned HTML with the formulas in ``\( \)``, ``\[ \]`` and ``$$ $$`` turned into MathML."""
    if "\\" not in text and "$$" not in text and "[mathjax" not in text:
        return text

    def turn(match: re.Match[str]) -> str:
        inline = match["inline"] or match["olx_inline"]
        source = inline or match["block"] or match["dollars"] or match["olx_block"] or ""
        return mathml(html.unescape(_BREAK.sub(" ", source)).strip(), display=inline is None)

    return _FORMULA.sub(turn, text)

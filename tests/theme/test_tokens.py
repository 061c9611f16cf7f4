"""Colors can be read, in both schemes, and the CSS stays small."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "theme/static/theme/css"
FRAME = [CSS / "tokens.css", CSS / "base.css", *sorted((CSS / "components").glob("*.css"))]
DECLARATION = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")

TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "brand", "danger", "gold-ink") for ground in ("paper", "surface")],
    ("ink", "sunken"),
    ("ink-soft", "sunken"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("brand-strong", "brand-tint"),
    ("brand", "brand-tint"),
    ("on-deep", "deep"),
    ("on-deep-soft", "deep"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
    *[(tone, f"{tone}-tint") for tone in ("success", "warning", "danger", "info", "neutral")],
    *[("ink", f"{tone}-tint") for tone in ("success", "warning", "danger", "info")],
]
EDGES = [
    *[(edge, ground) for edge in ("line-strong", "focus", "brand") for ground in ("paper", "surface")],
    ("line-strong", "sunken"),
    ("gold", "deep"),
    *[(f"chart-{n}", "surface") for n in (1, 3, 4, 5, 6)],
]


def schemes() -> dict[str, dict[str, str]]:
    sheet = (CSS / "tokens.css").read_text()
    light = dict(DECLARATION.findall(sheet[: sheet.index("@media (prefers-color-scheme: dark)")]))
    dark = dict(DECLARATION.findall(sheet[sheet.index(':root[data-theme="dark"] {') : sheet.index("@media print")]))
    return {"light": light, "dark": light | dark}


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out_from_its_ground(scheme, ink, ground):
    colors = schemes()[scheme]

    assert contrast(colors[ink], colors[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_and_marks_can_be_seen(scheme, edge, ground):
    colors = schemes()[scheme]

    assert contrast(colors[edge], colors[ground]) >= 3


def test_dark_is_the_same_whether_chosen_or_asked_for_by_the_device():
    blocks = re.findall(
        r'(?:not\(\[data-theme="light"\]\)|data-theme="dark"\]) \{([^}]*)\}', (CSS / "tokens.css").read_text()
    )
    by_device, by_choice = [re.sub(r"\s+", " ", block).strip() for block in blocks[:2]]

    assert by_device == by_choice


def test_the_css_of_the_frame_fits_its_budget():
    assert sum(path.stat().st_size for path in FRAME) < 48_000


def test_pages_take_their_colors_from_tokens():
    for path in (CSS / "pages").glob("*.css"):
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", path.read_text()), path.name


def test_styles_name_only_tokens_that_exist():
    known = set(re.findall(r"(--[\w-]+):", "".join(path.read_text() for path in CSS.rglob("*.css"))))

    for path in CSS.rglob("*.css"):
        used = set(re.findall(r"var\((--[\w-]+)\)", path.read_text()))
        assert used <= known, path.name

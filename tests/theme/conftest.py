"""The gallery's template, found only here."""

import pytest

from tests.theme.gallery import with_gallery_templates


@pytest.fixture
def gallery_templates(settings):
    settings.TEMPLATES = with_gallery_templates(settings.TEMPLATES)

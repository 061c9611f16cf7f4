"""What tests of courses share."""

import pytest


@pytest.fixture
def files_on_disk(settings, tmp_path_factory):
    """Files in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("files")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(folder)}},
    }
    return folder

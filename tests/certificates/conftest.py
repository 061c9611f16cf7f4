import pytest

from certificates.signing import keys_in


@pytest.fixture(scope="session")
def signing_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("signing")


@pytest.fixture(autouse=True)
def development_keys(settings, signing_dir):
    settings.SIGNING_DIR = signing_dir
    return keys_in(signing_dir)

"""``STORAGE_URL`` is read as written, and says what it lacks."""

from pathlib import Path

import pytest

from lms.settings.storage_url import FileStore, S3Store, storage_from_url


def test_a_folder_is_a_store():
    assert storage_from_url("file:///srv/our%20files") == FileStore(Path("/srv/our files"))


def test_a_bucket_is_read_with_its_keys():
    assert storage_from_url("s3://KEY:se%2Fcret@storage:9000/files?secure=0&region=id") == S3Store(
        access_key="KEY", secret_key="se/cret", endpoint="http://storage:9000", bucket="files", region="id"
    )


def test_a_bucket_is_reached_by_https_unless_told_otherwise():
    store = storage_from_url("s3://KEY:SECRET@storage.example/files")

    assert isinstance(store, S3Store)
    assert (store.endpoint, store.region) == ("https://storage.example", "default")


@pytest.mark.parametrize("url", ["ftp://host/files", "/srv/files", ""])
def test_another_scheme_is_named(url):
    with pytest.raises(ValueError, match="must start with file:// or s3://"):
        storage_from_url(url)


@pytest.mark.parametrize("url", ["s3://host/files", "s3://KEY@host/files", "s3://KEY:SECRET@host", "s3://K:S@/files"])
def test_a_bucket_without_all_its_parts_is_refused(url):
    with pytest.raises(ValueError, match="STORAGE_URL needs"):
        storage_from_url(url)

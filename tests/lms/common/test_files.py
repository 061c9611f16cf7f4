"""Files are fetched by addresses that run out, in ranges, and never as something a browser would run."""

import os
import time

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from lms.common.storage import LINK_LIFETIME, S3Files, may_be_shown
from lms.settings.storage_url import S3Store, storage_from_url

LETTERS = b"abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def on_disk(settings, tmp_path):
    settings.ACCEL_REDIRECT = ""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path)}},
    }
    return default_storage


@pytest.fixture
def letters(on_disk):
    return on_disk.url(on_disk.save("a/letters.txt", ContentFile(LETTERS)))


def body(response):
    return b"".join(response.streaming_content)


def test_an_address_on_disk_gives_the_file(client, letters):
    response = client.get(letters)

    assert body(response) == LETTERS
    assert response["Content-Type"] == "text/plain"
    assert response["Cache-Control"] == f"private, max-age={LINK_LIFETIME}"


def test_an_address_on_disk_runs_out(client, letters, monkeypatch):
    later = time.time() + LINK_LIFETIME + 2

    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    assert client.get(letters).status_code == 404


@pytest.mark.parametrize("change", [lambda url: url.replace("letters", "secrets"), lambda url: url[:-1] + "~"])
def test_a_changed_address_gives_nothing(client, letters, change):
    assert client.get(change(letters)).status_code == 404


def test_a_file_that_is_gone_is_not_found(client, on_disk):
    assert client.get(on_disk.url("never/was.txt")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "given", "part"),
    [
        ("bytes=0-3", "bytes 0-3/26", b"abcd"),
        ("bytes=23-", "bytes 23-25/26", b"xyz"),
        ("bytes=-2", "bytes 24-25/26", b"yz"),
        ("bytes=20-999", "bytes 20-25/26", b"uvwxyz"),
        ("bytes=-999", "bytes 0-25/26", LETTERS),
    ],
)
def test_a_range_gives_its_part(client, letters, asked, given, part):
    response = client.get(letters, headers={"Range": asked})

    assert (response.status_code, response["Content-Range"], body(response)) == (206, given, part)
    assert response["Content-Length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=26-", "bytes=9-3", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(client, letters, asked):
    response = client.get(letters, headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */26")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b"])
def test_a_range_that_is_not_understood_gives_the_whole_file(client, letters, asked):
    response = client.get(letters, headers={"Range": asked})

    assert (response.status_code, body(response)) == (200, LETTERS)


def test_nginx_is_told_what_to_send(client, on_disk, settings):
    settings.ACCEL_REDIRECT = "/internal/"

    response = client.get(on_disk.url("a/ä b.pdf"))

    assert response["X-Accel-Redirect"] == "/internal/a/%C3%A4%20b.pdf"
    assert response["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "script.js", "page.xhtml", "unknown", "sheet.xml"])
def test_what_a_browser_would_run_is_saved_not_shown(client, on_disk, name):
    assert not may_be_shown(name)
    response = client.get(on_disk.url(on_disk.save(name, ContentFile(b"<script>alert(1)</script>"))))

    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["a.pdf", "a.webp", "a.mp4", "a.m4a", "a.vtt", "a.txt"])
def test_what_a_browser_can_only_show_is_shown(name):
    assert may_be_shown(name)


def test_a_file_can_be_given_another_name(client, on_disk, letters):
    address = on_disk.url(on_disk.save("x.txt", ContentFile(b"x")), download_as="Laporan 2025.txt")

    assert client.get(address)["Content-Disposition"] == 'attachment; filename="Laporan 2025.txt"'


@pytest.fixture
def bucket():
    """The suite's S3 server."""
    store = storage_from_url(os.environ["STORAGE_URL"])
    if not isinstance(store, S3Store):
        pytest.skip("STORAGE_URL was given and names a folder")
    return S3Files(
        access_key=store.access_key,
        secret_key=store.secret_key,
        endpoint_url=store.endpoint,
        bucket_name=store.bucket,
        region_name=store.region,
    )


def test_a_presigned_address_gives_the_file_and_its_ranges(bucket):
    address = bucket.url(bucket.save("letters.txt", ContentFile(LETTERS)))

    whole, part = httpx.get(address), httpx.get(address, headers={"Range": "bytes=1-2"})

    assert (whole.content, part.content) == (LETTERS, b"bc")
    assert "Content-Disposition" not in whole.headers
    assert f"X-Amz-Expires={LINK_LIFETIME}" in address


def test_an_address_without_its_signature_gives_nothing(bucket):
    address = bucket.url(bucket.save("letters.txt", ContentFile(LETTERS)))

    assert httpx.get(address.partition("?")[0]).status_code == 403


def test_the_bucket_hands_out_pages_only_to_be_saved(bucket):
    name = bucket.save("page.html", ContentFile(b"<script>alert(1)</script>"))

    assert httpx.get(bucket.url(name)).headers["Content-Disposition"].startswith("attachment;")


def test_a_second_file_of_a_name_does_not_replace_the_first(bucket):
    first, second = (bucket.save("same.txt", ContentFile(text)) for text in (b"1", b"2"))

    assert first != second
    assert bucket.open(first).read() == b"1"

"""A large file comes in parts straight to the storage, on disk and in S3, and goes on after any break."""

from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from django.core.files.storage import default_storage, storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.media import services
from courses.media.models import Leftover, MediaFile, Preparation, Upload
from courses.media.services import uploads
from lms.common.storage import S3Files
from tests.factories.people import PersonFactory, RoleFactory

pytestmark = pytest.mark.django_db
PART = 5 * 1024 * 1024
CONTENT = bytes(range(256)) * (2 * PART // 256) + b"the end"
JSON = {"Accept": "application/json"}


@pytest.fixture(params=["disk", "given"])
def storage(request, settings, tmp_path):
    """Files on disk, and whatever the suite was given: S3 as a rule."""
    if request.param == "disk":
        disk = {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path)}}
        settings.STORAGES = {**settings.STORAGES, "default": disk}
    return default_storage


@pytest.fixture
def author(client_for):
    browser = client_for(RoleFactory(kind="author").person)
    browser.cookies["django_language"] = "en"
    return browser


def begin(author, name="film.mp4", size=None, kind="video"):
    fields = {"kind": kind, "filename": name, "size": len(CONTENT) if size is None else size}
    return author.post(reverse("media_cms:begin_upload"), fields, headers=JSON)


def put(address, content):
    """What a browser does with a part: no cookie, no token."""
    if urlsplit(address).netloc:
        return httpx.put(address, content=content).status_code
    return Client(enforce_csrf_checks=True).put(address, content, "application/octet-stream").status_code


def send(author, key, number, content=None):
    asked = author.post(reverse("media_cms:upload_part", args=[key, number]), headers=JSON).json()
    part = CONTENT[(number - 1) * PART : number * PART] if content is None else content
    assert put(asked["address"], part) == 200


def join(author, key):
    return author.post(reverse("media_cms:join_upload", args=[key]), headers=JSON)


def form(**values):
    captions = {f"captions-{name}": number for name, number in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))}
    return {"kind": "video", "title": "Film", "transcript": "", **captions, **values}


def test_parts_in_any_order_and_after_a_break_become_the_file(storage, author):
    begun = begin(author).json()
    assert (begun["part_size"], begun["arrived"]) == (PART, [])
    send(author, begun["key"], 3)
    send(author, begun["key"], 1)

    known = author.get(reverse("media_cms:upload", args=[begun["key"]])).json()
    assert known["arrived"] == [1, 3]
    assert join(author, begun["key"]).status_code == 409
    send(author, begun["key"], 2)
    joined = join(author, begun["key"])
    again = join(author, begun["key"])
    saved = author.post("/cms/mediafiles/new/", form(upload=begun["key"]))

    assert joined.json()["is_whole"]
    assert again.json() == joined.json()
    media = MediaFile.objects.get()
    assert saved.url == reverse("mediafiles:edit", args=[media.pk])
    assert (media.size, media.content_type) == (len(CONTENT), "video/mp4")
    with media.file.open() as file:
        assert file.read() == CONTENT
    assert Preparation.objects.get().source == media.file.name
    assert not Upload.objects.exists()


def test_half_a_part_does_not_count(storage, author):
    key = begin(author).json()["key"]
    send(author, key, 1, CONTENT[: PART - 1])

    assert author.get(reverse("media_cms:upload", args=[key])).json()["arrived"] == []
    send(author, key, 1)
    assert author.get(reverse("media_cms:upload", args=[key])).json()["arrived"] == [1]


def test_joining_that_was_done_but_never_said_so_is_found_done(storage, author):
    key = begin(author, size=100).json()["key"]
    send(author, key, 1, b"x" * 100)
    upload = Upload.objects.get()
    uploads.storage().join_parts(upload.name, upload.handle)

    assert join(author, key).json()["is_whole"]


def test_what_nobody_goes_on_with_is_thrown_away(storage, author):
    open_one = begin(author, size=100).json()["key"]
    send(author, open_one, 1, b"x" * 100)
    whole = begin(author, size=100).json()["key"]
    send(author, whole, 1, b"x" * 100)
    join(author, whole)
    name = Upload.objects.get(key=whole).name
    recent = begin(author, size=100).json()["key"]
    Upload.objects.exclude(key=recent).update(created_at=timezone.now() - timedelta(days=8))

    assert services.drop_old_uploads() == 2
    services.clear_leftovers()

    assert [str(each.key) for each in Upload.objects.all()] == [recent]
    assert not default_storage.exists(name)
    assert not Leftover.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "film.exe"}, "cannot be converted"),
        ({"size": 9 * 1024**3}, "larger than 8 GB"),
        ({"size": 0}, "greater than or equal to 1"),
        ({"kind": "poem"}, "valid choice"),
    ],
)
def test_what_could_not_be_used_is_refused_before_it_is_sent(author, fields, sentence):
    answer = begin(author, **fields)

    assert answer.status_code in (409, 422)
    assert sentence in answer.json()["title"]
    assert not Upload.objects.exists()


def test_an_upload_is_its_authors_own(author, client_for):
    key = begin(author, size=100).json()["key"]
    other, learner = client_for(RoleFactory(kind="author").person), client_for(PersonFactory())

    for browser in (other, learner):
        assert browser.get(reverse("media_cms:upload", args=[key])).status_code in (302, 404)
        assert browser.post(reverse("media_cms:upload_part", args=[key, 1])).status_code in (302, 404)
        assert join(browser, key).status_code in (302, 404)
    assert learner.post(reverse("media_cms:begin_upload"), {"kind": "video"}).status_code in (302, 404)
    sent = other.post("/cms/mediafiles/new/", form(upload=key))
    assert sent.context["form"].errors["file"]
    assert not MediaFile.objects.exists()


def test_a_part_is_only_taken_at_a_signed_address_and_of_its_size(settings, tmp_path, author):
    disk = {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    begin(author)
    upload = Upload.objects.get()
    address = services.part_address(upload, 1)

    assert put(address[:-2], b"x") == 404
    assert put(address, b"x" * (33 * 1024 * 1024)) == 413
    assert Client().get(address).status_code == 405
    services.uploads.storage().drop_parts(upload.name, upload.handle)
    assert put(address, b"x") == 413


def test_pages_may_reach_the_bucket():
    storage = storages["default"]
    if not isinstance(storage, S3Files):
        pytest.skip("no bucket: files on this machine's disk come from our own address")

    storage.open_to_pages("https://diklat.example")

    rules = storage._client.get_bucket_cors(Bucket=storage.bucket_name)["CORSRules"]
    assert rules[0]["AllowedOrigins"] == ["https://diklat.example"]
    assert set(rules[0]["AllowedMethods"]) == {"GET", "HEAD", "PUT"}
    assert "ETag" in rules[0]["ExposeHeaders"]

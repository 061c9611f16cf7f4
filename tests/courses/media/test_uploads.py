"""What is uploaded in good or bad faith."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from courses.media.errors import FileRefused
from courses.media.models import CourseDocument, Picture
from courses.media.services import add_document, add_picture
from tests.factories.people import RoleFactory

pytestmark = pytest.mark.django_db
GPS = 0x8825
ORIENTATION = 0x0112


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path)}},
    }
    return tmp_path


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(RoleFactory(kind="author").person)
    client.cookies["django_language"] = "en"
    return client


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, kind, **options)
    return content.getvalue()


def enormous_png() -> bytes:
    """A few bytes that say they are 30,000 pixels wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 90_001))
        + chunk(b"IEND", b"")
    )


HOSTILE_PICTURES = {
    "text.png": b"This is not a picture at all.",
    "page.png": b"<html><script>alert(1)</script></html>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "enormous.png": enormous_png(),
    "other.png": picture("GIF"),
    "cut.png": picture()[:30],
}


@pytest.mark.parametrize("name", HOSTILE_PICTURES)
def test_a_hostile_picture_is_refused_with_a_sentence_and_nothing_is_left_behind(author, files, name):
    upload = SimpleUploadedFile(name, HOSTILE_PICTURES[name], "image/png")

    response = author.post("/cms/images/add/", {"title": "Picture", "file": upload})

    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not Picture.objects.exists()
    assert not [path for path in files.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["text.png", "page.png", "enormous.png", "cut.png"])
def test_an_imported_hostile_picture_is_refused_too(files, name):
    with pytest.raises(FileRefused):
        add_picture("Picture", name, HOSTILE_PICTURES[name])

    assert not [path for path in files.rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_stored_picture_does_not_say_where_it_was_taken(author, kind):
    traces = Image.Exif()
    traces[ORIENTATION] = 6  # the camera was held upright
    traces.get_ifd(GPS)[2] = (6.0, 10.0, 30.0)
    taken = picture(kind, exif=traces)
    assert Image.open(io.BytesIO(taken)).getexif()

    author.post("/cms/images/add/", {"title": "Desk", "file": SimpleUploadedFile(f"desk.{kind.lower()}", taken)})

    stored = Picture.objects.get()
    with default_storage.open(stored.file.name) as file:
        content = file.read()
    shown = Image.open(io.BytesIO(content))
    assert not shown.getexif()
    assert (stored.width, stored.height) == shown.size == (40, 60)
    assert stored.file_size == len(content)


def test_a_picture_without_traces_is_stored_as_it_came():
    content = picture("JPEG", quality=70)

    stored = add_picture("Desk", "desk.jpg", content)

    with default_storage.open(stored.file.name) as file:
        assert file.read() == content


HOSTILE_DOCUMENTS = {
    "page.html": b"<script>alert(1)</script>",
    "program.exe": b"MZ\x90",
    "page.pdf": b"<html><script>alert(1)</script></html>",
    "program.docx": b"MZ\x90\0\x03",
    "program.txt": b"MZ\x90\0\x03",
}


@pytest.mark.parametrize("name", HOSTILE_DOCUMENTS)
def test_a_document_of_the_wrong_kind_is_refused_with_a_sentence_and_nothing_is_left_behind(author, files, name):
    upload = SimpleUploadedFile(name, HOSTILE_DOCUMENTS[name])

    response = author.post("/cms/documents/add/", {"title": "Document", "file": upload})

    assert response.context["form"].errors["file"]
    with pytest.raises(FileRefused):
        add_document("Document", name, HOSTILE_DOCUMENTS[name])
    assert not CourseDocument.objects.exists()
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_a_document_is_what_it_says(author):
    author.post("/cms/documents/add/", {"title": "Form", "file": SimpleUploadedFile("form.pdf", b"%PDF-1.7\n")})

    assert CourseDocument.objects.get().title == "Form"

import io

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from certificates import services
from tests.factories.certificates import completed_enrollment, issued_certificate
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def upload(client, content, name="sertifikat.pdf"):
    file = io.BytesIO(content)
    file.name = name
    return client.post(reverse("verify_file"), {"file": file}, headers={"accept-language": "en"})


def stored(certificate):
    with default_storage.open(certificate.file) as file:
        return file.read()


def test_a_stranger_checks_a_certificate_and_sees_a_masked_number(client):
    certificate = issued_certificate()
    certificate.facts["identity_kind"], certificate.facts["identity_number"] = "NIP", "198708172010012901"
    certificate.save()

    page = client.get(reverse("verify", args=[certificate.token])).content.decode()

    assert certificate.number in page.replace("<wbr>", "")
    assert "2901" in page
    assert "19870817" not in page


def test_an_unknown_token_is_not_found_and_the_page_warns_of_a_forgery(client):
    answer = client.get(reverse("verify", args=["a" * 32]), headers={"accept-language": "en"})

    assert answer.status_code == 404
    assert "We have issued no such certificate" in answer.content.decode()


def test_a_revoked_certificate_shows_its_reason_to_anyone(client):
    certificate = issued_certificate()
    services.revoke(certificate, "Diterbitkan untuk orang yang salah", by=PersonFactory())

    page = client.get(reverse("verify", args=[certificate.token])).content.decode()

    assert "Diterbitkan untuk orang yang salah" in page


def test_uploading_the_issued_file_says_so_and_a_changed_byte_says_the_contrary(client):
    content = stored(issued_certificate())
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 1

    assert "This file is the one that we issued." in upload(client, content).content.decode()
    assert "This file is not one that we issued." in upload(client, bytes(changed)).content.decode()


@pytest.mark.parametrize("content", [b"GIF89a", b"%PDF-1.7 nothing", b"\x00" * 1000])
def test_any_other_file_is_answered_calmly(client, content):
    answer = upload(client, content)

    assert answer.status_code == 200
    assert "This file is not one that we issued." in answer.content.decode()


def test_a_file_too_large_to_be_ours_is_refused_with_a_sentence(client):
    answer = upload(client, b"%PDF-" + b"\x00" * (5 * 1024 * 1024))

    assert "larger than 5 MB" in answer.content.decode()


def test_the_holder_downloads_and_nobody_else(client):
    certificate = issued_certificate()
    address = reverse("certificates:download", args=[certificate.pk])

    assert client.get(address).status_code == 302
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 404
    client.force_login(certificate.enrollment.person)
    assert default_storage.url(certificate.file).split("?")[0].split(":")[0] in client.get(address).url


def test_a_certificate_still_being_made_asks_for_patience(client):
    certificate = services.register(completed_enrollment().pk)
    client.force_login(certificate.enrollment.person)

    answer = client.get(reverse("certificates:download", args=[certificate.pk]))

    assert answer.status_code == 409


def test_my_certificates_cost_the_same_for_one_or_many(client, django_assert_max_num_queries):
    person = PersonFactory()
    client.force_login(person)
    certificates = [services.register(completed_enrollment(person=person).pk) for _ in range(12)]

    with django_assert_max_num_queries(8):
        page = client.get(reverse("certificates:mine")).content.decode()

    assert all(certificate.number in page for certificate in certificates)


def test_the_newest_certificates_are_on_the_home(client):
    certificate = issued_certificate()
    client.force_login(certificate.enrollment.person)

    page = client.get(reverse("progress:home")).content.decode()

    assert certificate.number in page
    assert reverse("certificates:download", args=[certificate.pk]) in page

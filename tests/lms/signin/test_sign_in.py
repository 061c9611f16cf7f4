"""Who may come in, under which name, and what comes with her."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.people import services
from lms.people.models import Person
from tests.factories.people import LONG_AGO, PersonFactory, made_up_nip

PASSWORD = "rahasia-sekali-1"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def siti(db):
    nip = made_up_nip()
    person = services.add_person(
        "Siti Aminah",
        email="Siti@kementerian.test",
        password=PASSWORD,
        language="en",
        time_zone="Asia/Jayapura",
        identifiers={"nip": nip, "nik": "3174010101850901"},
    )
    person.nip = nip
    return person


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("name", ["siti@kementerian.test", " SITI@Kementerian.test ", "3174 0101 0185 0901"])
def test_email_and_number_open_the_same_account(client, siti, name):
    response = client.post(LOGIN, {"login": name, "password": PASSWORD})

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(siti.pk)


def test_a_nip_with_spaces_opens_the_account_until_another_takes_its_place(client, siti):
    spaced = f"{siti.nip[:8]} {siti.nip[8:14]} {siti.nip[14]} {siti.nip[15:]}"
    client.post(LOGIN, {"login": spaced, "password": PASSWORD})
    assert signed_in(client)
    client.logout()

    services.set_identifier(siti, "nip", made_up_nip(), timezone.localdate())
    client.post(LOGIN, {"login": siti.nip, "password": PASSWORD})

    assert not signed_in(client)


def test_a_number_that_has_ended_opens_nothing(client, siti):
    siti.identifiers.filter(kind="nip").update(starts_on=LONG_AGO, ends_on=timezone.localdate() - timedelta(days=1))

    client.post(LOGIN, {"login": siti.nip, "password": PASSWORD})

    assert not signed_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": make_password("another-password")}])
def test_an_inactive_account_and_a_wrong_password_get_the_same_answer_as_nobody(client, siti, change):
    Person.objects.filter(pk=siti.pk).update(**change)

    known = client.post(LOGIN, {"login": siti.email, "password": PASSWORD})
    unknown = client.post(LOGIN, {"login": "nobody@kementerian.test", "password": PASSWORD})

    assert not signed_in(client)
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_an_unknown_account_costs_one_hash_like_a_known_one(client, siti, monkeypatch):
    hashed = []
    from django.contrib.auth.hashers import MD5PasswordHasher

    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))

    client.post(LOGIN, {"login": siti.email, "password": "wrong-password"})
    known = len(hashed)
    client.post(LOGIN, {"login": "nobody@kementerian.test", "password": "wrong-password"})

    assert known == len(hashed) - known == 1


def test_language_and_clock_come_with_the_person(client, siti):
    response = client.post(LOGIN, {"login": siti.email, "password": PASSWORD})

    assert response.cookies["django_language"].value == "en"
    assert client.session["time_zone"] == "Asia/Jayapura"


def test_too_many_failures_on_one_account_close_it_for_a_while_even_to_the_right_password(client, siti):
    for _ in range(5):
        client.post(LOGIN, {"login": siti.nip, "password": "wrong-password"})

    client.post(LOGIN, {"login": f" {siti.nip}", "password": PASSWORD})

    assert not signed_in(client)


@override_settings(PASSWORD_HASHERS=["lms.signin.hashers.Argon2Hasher"])
def test_signing_in_takes_three_statements(client, db):
    """Person, last sign-in, and the session, which is written once."""
    person = PersonFactory(password=make_password(PASSWORD))

    with CaptureQueriesContext(connection) as queries:
        client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    statements = [query for query in queries if "SAVEPOINT" not in query["sql"]]

    assert len(statements) == 3

    assert signed_in(client)
    assert Person.objects.get(pk=person.pk).password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_signing_out_takes_a_post(client, siti):
    client.force_login(siti)

    client.post("/accounts/logout/")

    assert not signed_in(client)


def test_nobody_signs_up_by_herself(client, db):
    client.post("/accounts/signup/", {"email": "x@y.test", "password1": PASSWORD, "password2": PASSWORD})

    assert not Person.objects.exists()


def test_a_forgotten_password_is_set_anew_by_mail(client, siti):
    client.post("/accounts/password/reset/", {"email": siti.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link.replace("http://testserver", ""), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "kunci-baru-2", "password2": "kunci-baru-2"})

    client.post(LOGIN, {"login": siti.nip, "password": "kunci-baru-2"})

    assert mail.outbox[0].to == ["siti@kementerian.test"]
    assert "Siti Aminah" in mail.outbox[0].body
    assert signed_in(client)


def test_asking_for_an_unknown_address_looks_the_same(client, siti):
    known = client.post("/accounts/password/reset/", {"email": siti.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@kementerian.test"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


def test_the_password_is_changed_by_who_knows_the_old_one(client, siti):
    client.force_login(siti)
    form = {"oldpassword": PASSWORD, "password1": "kunci-baru-2", "password2": "kunci-baru-2"}

    client.post("/accounts/password/change/", {**form, "oldpassword": "wrong"})
    assert Person.objects.get(pk=siti.pk).check_password(PASSWORD)
    client.post("/accounts/password/change/", form)

    assert Person.objects.get(pk=siti.pk).check_password("kunci-baru-2")


def test_the_language_form_works_for_strangers_and_is_kept_for_people(client, siti):
    stranger = client.post("/accounts/language/", {"language": "en", "next": "/"})
    assert stranger.cookies["django_language"].value == "en"

    client.force_login(siti)
    client.post("/accounts/language/", {"language": "id", "next": "/"})
    client.post("/accounts/language/", {"language": "xx", "next": "/"})

    assert Person.objects.get(pk=siti.pk).language == "id"

from django.core.management import call_command
from django.utils import translation
from django.utils.translation import trans_real


def test_texts_compiled_in_a_running_process_are_spoken_by_it(monkeypatch):
    """The first start compiles and publishes the demo in one process, which read the texts before they were there."""
    monkeypatch.setitem(trans_real._translations, "id", trans_real.DjangoTranslation("en"))
    with translation.override("id"):
        assert translation.gettext("Sign in") == "Sign in"

    call_command("compile_texts")

    with translation.override("id"):
        assert translation.gettext("Sign in") == "Masuk"

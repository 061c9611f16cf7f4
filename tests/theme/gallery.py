"""Every component on one page, for eyes and for axe."""

from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lms.common.errors import Refused


def with_gallery_templates(engines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The project's template settings, which also find the gallery."""
    return [{**engines[0], "DIRS": [Path(__file__).parent / "templates"]}]


class GalleryForm(forms.Form):
    name = forms.CharField(label="Nama lengkap", help_text="Tanpa gelar.")
    number = forms.CharField(label="NIP", initial="19870512 201101 1 901")
    password = forms.CharField(label="Kata sandi", widget=forms.PasswordInput)
    about = forms.CharField(label="Catatan", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Status kepegawaian", choices=[("pns", "PNS"), ("pppk", "PPPK")])
    path = forms.ChoiceField(
        label="Jalur belajar", widget=forms.RadioSelect, choices=[("v", "Video"), ("t", "Bacaan")], initial="v"
    )
    topics = forms.MultipleChoiceField(
        label="Topik", widget=forms.CheckboxSelectMultiple, choices=[("a", "Pelayanan publik"), ("b", "Etika")]
    )
    file = forms.FileField(label="Berkas")
    agreed = forms.BooleanField(label="Saya menyetujui ketentuan pertanggungjawaban penyelenggaraan pelatihan")


def gallery(request: HttpRequest) -> HttpResponse:
    form = GalleryForm({"number": "1987", "path": "v"}) if "errors" in request.GET else GalleryForm()
    return render(
        request,
        "theme_gallery.html",
        {
            "form": form,
            "page": Paginator(range(100), 10).get_page(3),
            "crumbs": [("Katalog", "/"), ("Melayani dengan Sepenuh Hati", "/x/"), ("Pendahuluan", "")],
            "refusal": Refused("Kuota angkatan ini sudah penuh."),
            "rows": [
                ("Kanwil Kementerian Agama Provinsi Nusa Tenggara Barat", 1284, 912, 71),
                ("Kanwil Kementerian Agama Provinsi Kepulauan Bangka Belitung", 640, 512, 80),
                ("Kanwil Kementerian Agama Daerah Istimewa Yogyakarta", 903, 541, 60),
            ],
        },
    )

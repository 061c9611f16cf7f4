"""A small ministry: units by code, the five demo accounts, and what its organizer plans from."""

from typing import Any

UNITS: list[tuple[str, str, str, str, str, str]] = [
    # code, name, type, parent's code, province, time zone
    ("D01", "Kementerian Pelayanan Contoh", "ministry", "", "", "Asia/Jakarta"),
    ("D01.1", "Sekretariat Jenderal", "hq", "D01", "", "Asia/Jakarta"),
    ("D01.2", "Pusat Pengembangan Kompetensi SDM", "training_center", "D01", "", "Asia/Jakarta"),
    ("D12", "Kantor Wilayah Provinsi Sumatera Utara", "province_office", "D01", "12", "Asia/Jakarta"),
    ("D12.71", "Kantor Kota Medan", "regency_office", "D12", "12", "Asia/Jakarta"),
    ("D12.71.1", "KUA Medan Baru", "kua", "D12.71", "12", "Asia/Jakarta"),
    ("D12.07", "Kantor Kabupaten Deli Serdang", "regency_office", "D12", "12", "Asia/Jakarta"),
    ("D12.07.1", "KUA Lubuk Pakam", "kua", "D12.07", "12", "Asia/Jakarta"),
    ("D35", "Kantor Wilayah Provinsi Jawa Timur", "province_office", "D01", "35", "Asia/Jakarta"),
    ("D35.78", "Kantor Kota Surabaya", "regency_office", "D35", "35", "Asia/Jakarta"),
    ("D35.78.1", "KUA Gubeng", "kua", "D35.78", "35", "Asia/Jakarta"),
    ("D35.78.2", "MAN Contoh Surabaya", "school", "D35.78", "35", "Asia/Jakarta"),
    ("D35.07", "Kantor Kabupaten Malang", "regency_office", "D35", "35", "Asia/Jakarta"),
    ("D35.07.1", "KUA Singosari", "kua", "D35.07", "35", "Asia/Jakarta"),
    ("D73", "Kantor Wilayah Provinsi Sulawesi Selatan", "province_office", "D01", "73", "Asia/Makassar"),
    ("D73.71", "Kantor Kota Makassar", "regency_office", "D73", "73", "Asia/Makassar"),
    ("D73.71.1", "KUA Panakkukang", "kua", "D73.71", "73", "Asia/Makassar"),
    ("D94", "Kantor Wilayah Provinsi Papua", "province_office", "D01", "94", "Asia/Jayapura"),
    ("D94.71", "Kantor Kota Jayapura", "regency_office", "D94", "94", "Asia/Jayapura"),
]

ACCOUNTS: list[tuple[str, str, str, str, str, str, str]] = [
    # role ("" for none), e-mail, name, titles, position, unit's code, where the role holds
    ("", "peserta@diklat.example", "Siti Rahmawati", "S.Ag.", "Penghulu Ahli Pertama", "D35.78.1", ""),
    ("author", "penulis@diklat.example", "Bambang Wicaksono", "M.Pd.", "Widyaiswara Ahli Madya", "D01.2", "D01.2"),
    ("hr_officer", "kepegawaian@diklat.example", "Dewi Lestari", "S.E.", "Analis SDM Aparatur", "D35", "D35"),
    ("organizer", "penyelenggara@diklat.example", "Andi Prasetyo", "M.M.", "Penyelenggara Diklat", "D01.2", "D01.2"),
    ("administrator", "admin@diklat.example", "Ratna Kusuma", "S.Kom.", "Pranata Komputer", "D01.1", "D01"),
]
PASSWORD = "diklat-demo-2026"  # noqa: S105 - printed by make run, for the demo ministry only

STAFF_UNITS = ["D35.78.1", "D35.78.2", "D35.07.1", "D35.78", "D12.71.1", "D12.07.1", "D73.71.1", "D94.71"]
STAFF_PER_UNIT = 6
FIRST_NAMES = ["Ahmad", "Maria", "Yusuf", "Nur", "Made", "Rina", "Agus", "Fitri", "Petrus", "Lina", "Hendra", "Wulan"]
LAST_NAMES = ["Hidayat", "Simanjuntak", "Suryani", "Pratama", "Wijaya", "Nasution", "Handayani", "Saputra"]

OFFICES = "Pegawai kantor urusan agama (KUA)"

RUN_TEMPLATES: list[tuple[str, str, dict[str, Any]]] = [
    # name, course, and what its runs have; 30 % of their seats are kept for the offices
    (
        "Pelayanan prima, angkatan reguler",
        "Pelayanan Publik Prima",
        {"title": "Angkatan reguler {tahun}", "seats": 200, "starts_after": 7, "lasts": 30, "class_size": 40},
    ),
    (
        "Moderasi beragama, angkatan besar",
        "Penguatan Moderasi Beragama bagi ASN",
        {"title": "Angkatan besar {tahun}", "seats": 1000, "starts_after": 5, "lasts": 21},
    ),
]

QUARTER: tuple[str, str, list[tuple[str, dict[str, Any]]]] = (
    "Periode triwulan",
    "Periode triwulan {tahun}",
    [
        (
            "Pelayanan Publik Prima",
            {"title": "Angkatan I {tahun}", "seats": 100, "starts_after": 7, "lasts": 30, "class_size": 40},
        ),
        (
            "Pengelolaan Keuangan dan Perbendaharaan Negara",
            {"title": "Angkatan I {tahun}", "seats": 120, "starts_after": 7, "lasts": 45},
        ),
        ("Keamanan Informasi untuk Pegawai", {"title": "Angkatan terbuka {tahun}", "starts_after": 3, "lasts": 60}),
    ],
)
"""A period of a quarter: the name of its template, its title, and its runs by course."""

"""The other courses of the catalog: short, but each with something to learn.

Each lesson is a title, the minutes it takes and its text; each run says how its window stands.
"""

from typing import Any

CATEGORIES = [
    ("pelayanan-publik", "Pelayanan publik", "Public service"),
    ("moderasi-beragama", "Moderasi beragama", "Religious moderation"),
    ("pendidikan", "Pendidikan dan madrasah", "Education and schools"),
    ("bimbingan-masyarakat", "Bimbingan masyarakat", "Community guidance"),
    ("tata-kelola", "Tata kelola dan integritas", "Governance and integrity"),
    ("digital", "Kecakapan digital", "Digital skills"),
]

COURSES: list[dict[str, Any]] = [
    {
        "title": "Penguatan Moderasi Beragama bagi ASN",
        "category": "moderasi-beragama",
        "cover": "moderasi",
        "jp": 40,
        "run": "open",
        "seats": 300,
        "audience": "Seluruh aparatur sipil negara.",
        "summary": "Memahami empat indikator moderasi beragama dan menerapkannya di tempat kerja.",
        "lessons": [
            (
                "Empat indikator",
                15,
                "<p>Moderasi beragama adalah cara pandang, sikap, dan praktik beragama yang adil dan berimbang. Empat "
                "indikatornya: <strong>komitmen kebangsaan</strong>, <strong>toleransi</strong>, <strong>anti-kekerasan"
                "</strong>, dan <strong>penerimaan terhadap tradisi</strong>.</p>",
            ),
            (
                "Moderat di meja kerja",
                15,
                "<p>Layani setiap orang dengan mutu yang sama. Bila timbul ketegangan, dengarkan kedua pihak, cari "
                "kepentingan bersama, dan libatkan Forum Kerukunan Umat Beragama sejak dini.</p>",
            ),
        ],
    },
    {
        "title": "Madrasah Ramah Anak dan Pencegahan Kekerasan Seksual",
        "category": "pendidikan",
        "cover": "madrasah",
        "jp": 24,
        "run": "soon",
        "seats": 500,
        "audience": "Pendidik dan tenaga kependidikan madrasah.",
        "summary": "Mengenali, mencegah, dan menangani kekerasan agar setiap anak belajar dengan aman.",
        "lessons": [
            (
                "Mengenali tanda",
                20,
                "<p>Perubahan perilaku mendadak, takut pada orang tertentu, atau enggan ke madrasah adalah tanda yang "
                "perlu ditanggapi. Dengarkan anak, percayai ceritanya, jangan menghakimi.</p>",
            ),
            (
                "Alur penanganan",
                20,
                "<p>Utamakan keselamatan anak, catat seperlunya, jaga kerahasiaan, lalu laporkan kepada satuan tugas "
                "dan layanan perlindungan anak. Jangan menyelesaikan secara kekeluargaan apa yang merupakan pidana.</p>",
            ),
        ],
    },
    {
        "title": "Bimbingan Perkawinan bagi Calon Pengantin",
        "category": "bimbingan-masyarakat",
        "cover": "pernikahan",
        "jp": 40,
        "run": "full",
        "seats": 3,
        "audience": "Fasilitator bimbingan perkawinan, penghulu, dan penyuluh agama.",
        "summary": "Memfasilitasi calon pengantin menyiapkan keluarga yang setara, sehat, dan sakinah.",
        "lessons": [
            (
                "Orang dewasa belajar dari pengalaman",
                20,
                "<p>Fasilitator bukan penceramah. Ajukan pertanyaan terbuka, beri waktu berdiskusi berpasangan, dan "
                "rangkum dengan bahasa peserta.</p>",
            ),
            (
                "Empat pilar perkawinan",
                20,
                "<p>Berpasangan (<em>zawaj</em>), janji kokoh (<em>mitsaqan ghalizhan</em>), saling memperlakukan "
                "dengan baik (<em>mu'asyarah bil ma'ruf</em>), dan musyawarah.</p>",
            ),
        ],
    },
    {
        "title": "Pengelolaan Arsip Dinamis",
        "category": "tata-kelola",
        "cover": "arsip",
        "jp": 20,
        "run": "open",
        "seats": None,
        "audience": "Arsiparis dan staf tata usaha.",
        "summary": "Menata arsip sejak diciptakan sampai disusutkan, agar temu kembali hanya perlu hitungan menit.",
        "lessons": [
            (
                "Daur hidup arsip",
                15,
                "<p>Arsip dinamis melalui tiga tahap: penciptaan, penggunaan dan pemeliharaan, serta penyusutan. "
                "Setiap tahap berpedoman pada tata naskah dinas, klasifikasi, jadwal retensi, serta klasifikasi "
                "keamanan dan akses.</p>",
            )
        ],
    },
    {
        "title": "Pembangunan Zona Integritas",
        "category": "tata-kelola",
        "cover": "integritas",
        "jp": 30,
        "run": "closed",
        "seats": 200,
        "audience": "Tim kerja zona integritas dan pimpinan unit.",
        "summary": "Enam area perubahan menuju Wilayah Bebas dari Korupsi dan Wilayah Birokrasi Bersih dan Melayani.",
        "lessons": [
            (
                "Enam area perubahan",
                20,
                "<p>Manajemen perubahan, penataan tata laksana, penataan sistem manajemen SDM, penguatan "
                "akuntabilitas, penguatan pengawasan, dan peningkatan kualitas pelayanan publik.</p>",
            )
        ],
    },
    {
        "title": "Manasik dan Pelayanan Jemaah Lansia",
        "category": "bimbingan-masyarakat",
        "cover": "haji",
        "jp": 16,
        "run": "soon",
        "seats": 150,
        "audience": "Pembimbing manasik dan petugas pelayanan jemaah.",
        "summary": "Mendampingi jemaah lansia dengan aman, sabar, dan sesuai kemampuan mereka.",
        "lessons": [
            (
                "Mengenali kebutuhan",
                15,
                "<p>Tanyakan riwayat kesehatan dan obat, perhatikan pendengaran dan langkahnya, lalu sesuaikan "
                "kecepatan rombongan dengan anggota yang paling lambat.</p>",
            )
        ],
    },
    {
        "title": "Pengelolaan Keuangan dan Perbendaharaan Negara",
        "category": "tata-kelola",
        "cover": "keuangan",
        "jp": 40,
        "run": "open",
        "seats": 120,
        "audience": "Pengelola keuangan satuan kerja.",
        "summary": "Dari perencanaan anggaran sampai laporan keuangan yang wajar dan tepat waktu.",
        "lessons": [
            (
                "Siapa berbuat apa",
                15,
                "<p>Kuasa pengguna anggaran menetapkan, pejabat pembuat komitmen mengikat, pejabat penanda tangan SPM "
                "menguji, bendahara membayar. Pemisahan ini mencegah satu orang memegang seluruh proses.</p>",
            )
        ],
    },
    {
        "title": "Keamanan Informasi untuk Pegawai",
        "category": "digital",
        "cover": "siber",
        "jp": 8,
        "run": "open",
        "seats": 1000,
        "audience": "Semua pegawai yang menggunakan surel dan aplikasi dinas.",
        "summary": "Kata sandi, pengelabuan, dan data pribadi: kebiasaan kecil yang melindungi seluruh kementerian.",
        "lessons": [
            (
                "Mengenali pengelabuan",
                10,
                "<p>Waspadai pesan yang mendesak, tautan yang mirip, dan permintaan kode OTP. Bila ragu, tanyakan "
                "lewat saluran lain dan jangan membalas pesan itu.</p>",
            ),
            (
                "Melindungi data pribadi",
                10,
                "<p>UU Nomor 27 Tahun 2022 meminta kita memproses data pribadi sesuai tujuan, seperlunya, dan dengan "
                "aman. Jangan mengirim daftar NIK atau NIP melalui grup percakapan.</p>",
            ),
        ],
    },
    {
        "title": "Pemanfaatan Kecerdasan Artifisial untuk Guru",
        "category": "digital",
        "cover": "ai",
        "jp": 24,
        "run": "open",
        "seats": 400,
        "audience": "Guru dan dosen.",
        "summary": "Menyiapkan bahan ajar dengan bantuan kecerdasan artifisial secara kritis, jujur, dan aman.",
        "lessons": [
            (
                "Alat bantu, bukan pengganti",
                15,
                "<p>Periksa setiap keluaran: benarkah, sesuaikah dengan usia murid, adakah sumbernya? Jangan masukkan "
                "nama atau nilai murid ke layanan yang tidak dikelola lembaga Anda.</p>",
            )
        ],
    },
]

"""The course “Pelayanan Publik Prima”: questions, tests and lessons, in Indonesian.

A block is a pair of name and value. Where a stored block has an id, the value here has the name of a file, a question
or a test instead; ``seed`` puts the id in its place.
"""

from typing import Any

TITLE = "Pelayanan Publik Prima"
SLUG = "pelayanan-publik-prima"
SUMMARY = (
    "Melayani masyarakat dengan ramah, pasti, dan jujur: dari sapaan pertama di loket sampai pengaduan yang tuntas."
)
AUDIENCE = "Petugas loket PTSP, staf KUA, staf tata usaha madrasah, dan setiap pegawai yang bertemu langsung dengan masyarakat."
ABOUT = """
<p>Masyarakat menilai kementerian dari beberapa menit di depan loket. Pelatihan ini membantu Anda membuat menit-menit itu
berarti: jelas syaratnya, pasti waktunya, terang biayanya, dan santun orangnya.</p>
<h3>Setelah pelatihan ini Anda mampu</h3>
<ul><li>menjelaskan hak masyarakat dan kewajiban penyelenggara menurut Undang-Undang Nomor 25 Tahun 2009;</li>
<li>membaca, menerapkan, dan mengusulkan perbaikan standar pelayanan;</li>
<li>menangani pengaduan sampai tuntas dan tepat waktu;</li>
<li>menghitung dan menindaklanjuti Survei Kepuasan Masyarakat.</li></ul>
<h3>Cara belajar</h3>
<p>Tiga kelompok dibuka berurutan. Setiap kelompok ditutup dengan tes singkat; nilai kelulusannya 70. Setelah tes akhir,
sertifikat Anda terbit saat itu juga.</p>
"""


def choice(text: str, right: str, *wrong: str, why: str = "") -> dict[str, Any]:
    """A question with one right choice."""
    choices = [{"id": "a", "html": right, "correct": True, "feedback": why}]
    choices += [{"id": chr(98 + n), "html": each, "correct": False, "feedback": ""} for n, each in enumerate(wrong)]
    # The right one does not always come first.
    turn = len(text) % len(choices)
    return {"kind": "choice", "body": {"text": text, "choices": choices[turn:] + choices[:turn], "feedback": why}}


def several(text: str, right: list[str], wrong: list[str], why: str = "") -> dict[str, Any]:
    """A question with several right choices."""
    choices = [{"id": f"r{n}", "html": each, "correct": True, "feedback": ""} for n, each in enumerate(right)]
    choices += [{"id": f"w{n}", "html": each, "correct": False, "feedback": ""} for n, each in enumerate(wrong)]
    return {"kind": "multiple", "body": {"text": text, "choices": choices[1:] + choices[:1], "feedback": why}}


QUESTIONS: dict[str, dict[str, Any]] = {
    "definisi": choice(
        "<p>Menurut UU Nomor 25 Tahun 2009, siapa yang berhak atas pelayanan publik?</p>",
        "Setiap warga negara dan penduduk",
        "Hanya warga yang membayar retribusi",
        "Hanya warga yang terdaftar di kantor tersebut",
        why="Pasal 1 angka 1 menyebut “setiap warga negara dan penduduk”.",
    ),
    "asas": several(
        "<p>Manakah yang termasuk asas penyelenggaraan pelayanan publik? Pilih semua yang benar.</p>",
        ["Persamaan perlakuan/tidak diskriminatif", "Keterbukaan", "Ketepatan waktu"],
        ["Mengutamakan pemohon yang dikenal petugas"],
        why="Pasal 4 memuat dua belas asas, di antaranya ketiganya.",
    ),
    "rentan": choice(
        "<p>Seorang ibu hamil besar datang ketika antrean panjang. Apa yang paling tepat Anda lakukan?</p>",
        "Mengarahkannya ke layanan prioritas dan menjelaskannya kepada antrean dengan santun",
        "Memintanya tetap antre agar adil bagi semua",
        "Menyarankannya datang esok pagi",
        why="Fasilitas dan perlakuan khusus bagi kelompok rentan adalah asas pelayanan, bukan pilih kasih.",
    ),
    "nilai": {
        "kind": "text",
        "body": {
            "text": "<p>Tuliskan kata di balik huruf <strong>K</strong> pertama dalam “BerAKHLAK”.</p>",
            "answers": ["Kompeten"],
            "ignore_case": True,
            "feedback": "Ber-A-K-H-L-A-K: Berorientasi Pelayanan, Akuntabel, Kompeten, Harmonis, Loyal, Adaptif, "
            "Kolaboratif.",
        },
    },
    "perilaku": {
        "kind": "dropdown",
        "body": {
            "text": "<p>Petugas yang mencatat setiap biaya dan siap menjelaskannya menunjukkan nilai …</p>",
            "options": [
                {"id": "a", "text": "Harmonis", "correct": False},
                {"id": "b", "text": "Akuntabel", "correct": True},
                {"id": "c", "text": "Loyal", "correct": False},
            ],
            "feedback": "Akuntabel berarti bertanggung jawab atas kepercayaan yang diberikan.",
        },
    },
    "standar": choice(
        "<p>Apa fungsi utama standar pelayanan?</p>",
        "Tolok ukur dan janji penyelenggara: mutu, waktu, dan biaya yang dapat ditagih masyarakat",
        "Dokumen internal yang hanya dibaca auditor",
        "Daftar tarif yang boleh dinaikkan saat ramai",
        why="Standar pelayanan adalah tolok ukur sekaligus acuan penilaian, dan wajib diketahui masyarakat.",
    ),
    "komponen": several(
        "<p>Komponen mana yang termasuk proses penyampaian pelayanan (<em>service delivery</em>)?</p>",
        ["Persyaratan", "Jangka waktu penyelesaian", "Biaya/tarif"],
        ["Evaluasi kinerja pelaksana"],
        why="Evaluasi kinerja pelaksana termasuk proses pengelolaan pelayanan di dalam organisasi.",
    ),
    "maklumat": choice(
        "<p>Apakah maklumat pelayanan itu?</p>",
        "Pernyataan kesanggupan penyelenggara untuk melayani sesuai standar pelayanan",
        "Surat edaran tentang jam kerja",
        "Laporan tahunan kepada pimpinan",
        why="Pasal 22: maklumat wajib disusun dan dipublikasikan secara jelas dan luas.",
    ),
    "berkas": choice(
        "<p>Berkas pemohon kurang tiga dokumen. Apa yang Anda lakukan?</p>",
        "Menyebutkan ketiganya sekaligus dan memberinya daftar tertulis",
        "Menyebutkan satu per satu setiap kali ia datang",
        "Menolak tanpa penjelasan",
        why="Memeriksa sekali dan lengkap menghemat ongkos dan waktu pemohon.",
    ),
    "tanggapan": {
        "kind": "number",
        "body": {
            "text": "<p>Paling lambat berapa hari pengaduan tertulis harus ditanggapi sejak diterima?</p>",
            "answer": "14",
            "tolerance": "0",
            "feedback": "Pasal 44 UU Nomor 25 Tahun 2009: paling lambat 14 hari.",
        },
    },
    "putusan": {
        "kind": "number",
        "body": {
            "text": "<p>Paling lambat berapa hari penyelenggara memutuskan hasil pemeriksaan pengaduan sejak berkas "
            "lengkap?</p>",
            "answer": "60",
            "tolerance": "0",
            "feedback": "Pasal 50 UU Nomor 25 Tahun 2009: paling lambat 60 hari.",
        },
    },
    "rahasia": choice(
        "<p>Seorang pelapor meminta identitasnya dirahasiakan. Sikap Anda?</p>",
        "Merahasiakannya; ia dilindungi dan tidak boleh dirugikan karena mengadu",
        "Menyampaikannya kepada teradu agar masalah cepat selesai",
        "Menolak pengaduan tanpa nama terbuka",
        why="Kerahasiaan menumbuhkan keberanian masyarakat untuk memperbaiki layanan kita.",
    ),
    "unsur": {
        "kind": "number",
        "body": {
            "text": "<p>Berapa unsur Survei Kepuasan Masyarakat menurut PermenPAN-RB Nomor 14 Tahun 2017?</p>",
            "answer": "9",
            "tolerance": "0",
            "feedback": "Sembilan unsur, U1 sampai U9.",
        },
    },
    "hitung": {
        "kind": "number",
        "body": {
            "text": "<p>Rata-rata tertimbang sembilan unsur adalah 3,40. Berapa nilai SKM setelah dikonversi ke skala "
            "100?</p>",
            "answer": "85",
            "tolerance": "0.5",
            "feedback": "3,40 × 25 = 85,00: mutu pelayanan B (Baik).",
        },
    },
    "konversi": {
        "kind": "formula",
        "body": {
            "text": "<p>Tuliskan rumus nilai SKM skala 100 dari rata-rata tertimbang <em>r</em>.</p>",
            "answer": "25*r",
            "samples": {"r": [1, 4]},
            "count": 10,
            "tolerance": "1%",
            "feedback": "Skala 1–4 dikalikan 25.",
        },
    },
    "tindak": choice(
        "<p>Unsur “waktu penyelesaian” memperoleh nilai terendah. Langkah terbaik berikutnya?</p>",
        "Mencari penyebabnya bersama petugas, menetapkan perbaikan, dan mengumumkannya",
        "Mengganti responden survei",
        "Menyimpan hasilnya agar tidak diketahui",
        why="Survei baru berguna ketika hasilnya ditindaklanjuti dan dipublikasikan.",
    ),
}

QUIZZES: dict[str, dict[str, Any]] = {
    "tes-pendahuluan": {
        "title": "Tes Pendahuluan",
        "questions": ["definisi", "asas", "rentan"],
        "attempts_allowed": None,
        "instructions": "Tiga soal. Anda boleh mengulang sesering yang Anda perlukan.",
    },
    "tes-dasar": {
        "title": "Tes Kelompok Dasar",
        "questions": ["standar", "komponen", "maklumat", "berkas"],
        "attempts_allowed": 5,
        "instructions": "Empat soal tentang standar dan maklumat pelayanan.",
    },
    "tes-akhir": {
        "title": "Tes Akhir",
        "questions": ["rahasia", "tanggapan", "putusan", "unsur", "hitung", "tindak"],
        "attempts_allowed": 3,
        "minutes": 30,
        "instructions": "Enam soal, 30 menit. Nilai kelulusan 70; sertifikat terbit segera setelah Anda lulus.",
    },
}

SECTIONS: list[dict[str, Any]] = [
    {
        "title": "Pendahuluan",
        "is_gate": True,
        "lessons": [
            {
                "title": "Mengapa pelayanan prima",
                "minutes": 12,
                "body": [
                    (
                        "text",
                        "<p>Bagi Anda, hari ini mungkin hari kerja biasa. Bagi orang di depan loket, bisa jadi ini hari "
                        "ia mendaftarkan pernikahan, mengurus ijazah anak, atau menanyakan keberangkatan haji orang "
                        "tuanya. <strong>Pelayanan publik</strong> adalah kegiatan pemenuhan kebutuhan setiap warga "
                        "negara dan penduduk atas barang, jasa, dan pelayanan administratif yang disediakan "
                        "penyelenggara (UU Nomor 25 Tahun 2009, Pasal 1).</p><h2>Prima itu sederhana</h2><p>Pelayanan "
                        "disebut prima bila masyarakat dapat menjawab empat pertanyaan tanpa bertanya dua kali:</p>"
                        "<ol><li>Apa syaratnya?</li><li>Berapa lama?</li><li>Berapa biayanya?</li><li>Kepada siapa saya "
                        "mengadu bila tidak sesuai?</li></ol>",
                    ),
                    (
                        "forms",
                        {
                            "file": "empat-langkah",
                            "title": "Empat langkah di loket",
                            "reading": "<p>Empat langkah sederhana membuat orang di depan loket tahu bahwa urusannya di "
                            "tangan yang tepat.</p><ol><li><strong>Sambut.</strong> Beri salam, lalu dengarkan sampai "
                            "selesai sebelum menjawab.</li><li><strong>Periksa sekali.</strong> Baca seluruh berkas dan "
                            "sebutkan semua kekurangannya sekaligus, tertulis, agar pemohon tidak bolak-balik.</li><li>"
                            "<strong>Janjikan waktu.</strong> Sebut hari dan jam sesuai standar pelayanan, dan tepati. "
                            "Bila ada halangan, kabari sebelum waktunya lewat.</li><li><strong>Tutup.</strong> Minta "
                            "tanggapan, dan terima pengaduan dengan terbuka.</li></ol>",
                        },
                    ),
                    (
                        "callout",
                        {
                            "tone": "success",
                            "title": "Coba hari ini",
                            "text": "<p>Sapa pemohon berikutnya dengan menyebut namanya. Perhatikan apa yang berubah "
                            "dari raut wajahnya.</p>",
                        },
                    ),
                    ("question", {"name": "definisi", "is_required": False}),
                ],
            },
            {
                "title": "Hak masyarakat dan asas pelayanan",
                "minutes": 15,
                "body": [
                    (
                        "text",
                        "<p>Pasal 4 UU Nomor 25 Tahun 2009 memuat dua belas asas. Asas bukan hiasan dinding: setiap asas "
                        "menjawab satu kekhawatiran orang yang sedang kita layani.</p>",
                    ),
                    (
                        "accordion",
                        {
                            "folds": [
                                {
                                    "title": "Pasti dan terbuka",
                                    "text": "<p>Kepentingan umum, kepastian hukum, keterbukaan, akuntabilitas, dan "
                                    "ketepatan waktu. Masyarakat tahu aturan main sebelum mulai.</p>",
                                },
                                {
                                    "title": "Setara",
                                    "text": "<p>Kesamaan hak, keseimbangan hak dan kewajiban, serta persamaan "
                                    "perlakuan/tidak diskriminatif. Kenal atau tidak kenal, antreannya sama.</p>",
                                },
                                {
                                    "title": "Manusiawi dan cakap",
                                    "text": "<p>Keprofesionalan, partisipatif, fasilitas dan perlakuan khusus bagi "
                                    "kelompok rentan, serta kecepatan, kemudahan, dan keterjangkauan.</p>",
                                },
                            ]
                        },
                    ),
                    (
                        "callout",
                        {
                            "tone": "warning",
                            "title": "Perlakuan khusus bukan pilih kasih",
                            "text": "<p>Mendahulukan penyandang disabilitas, lansia, ibu hamil, dan anak adalah "
                            "kewajiban. Mendahulukan kenalan adalah pelanggaran.</p>",
                        },
                    ),
                    ("quiz", {"name": "tes-pendahuluan", "is_required": True}),
                ],
            },
        ],
    },
    {
        "title": "Kelompok Dasar",
        "is_gate": True,
        "lessons": [
            {
                "title": "Nilai BerAKHLAK di depan loket",
                "minutes": 15,
                "body": [
                    (
                        "text",
                        "<p>Sejak 2021 seluruh ASN memegang tujuh nilai dasar yang sama. Nilai pertama, "
                        "<strong>Berorientasi Pelayanan</strong>, bukan kebetulan diletakkan paling depan: keenam nilai "
                        "lain menjadi nyata ketika kita melayani.</p>",
                    ),
                    (
                        "image",
                        {
                            "file": "nilai-berakhlak.webp",
                            "alt": "Tujuh nilai dasar ASN: Berorientasi Pelayanan, Akuntabel, Kompeten, Harmonis, "
                            "Loyal, Adaptif, Kolaboratif.",
                            "caption": "Tujuh nilai dasar ASN BerAKHLAK",
                        },
                    ),
                    (
                        "table",
                        {
                            "data": [
                                ["Nilai", "Terlihat ketika Anda …"],
                                ["Berorientasi Pelayanan", "menanyakan kebutuhan sebelum meminta berkas"],
                                ["Akuntabel", "memberi tanda terima untuk setiap berkas dan biaya"],
                                ["Kompeten", "menjawab dengan dasar aturan, bukan kira-kira"],
                                ["Harmonis", "menghargai setiap orang apa pun latar belakangnya"],
                                ["Loyal", "menjaga nama baik instansi dan rahasia pemohon"],
                                ["Adaptif", "menawarkan jalur daring kepada yang tinggal jauh"],
                                ["Kolaboratif", "menghubungi unit lain, bukan menyuruh pemohon berkeliling"],
                            ],
                            "first_row_is_table_header": True,
                            "first_col_is_header": True,
                            "table_caption": "Nilai dan perilaku di loket",
                        },
                    ),
                    ("question", {"name": "nilai", "is_required": False}),
                    ("question", {"name": "perilaku", "is_required": False}),
                ],
            },
            {
                "title": "Standar pelayanan yang dapat dijanjikan",
                "minutes": 20,
                "body": [
                    (
                        "text",
                        "<p><strong>Standar pelayanan</strong> adalah tolok ukur sekaligus janji. Komponennya terbagi "
                        "dua (PermenPAN-RB Nomor 15 Tahun 2014): enam komponen yang langsung dirasakan masyarakat, dan "
                        "delapan komponen pengelolaan di dalam organisasi.</p><h2>Enam yang dirasakan masyarakat</h2>"
                        "<ol><li>persyaratan;</li><li>sistem, mekanisme, dan prosedur;</li><li>jangka waktu "
                        "penyelesaian;</li><li>biaya/tarif;</li><li>produk pelayanan;</li><li>penanganan pengaduan, "
                        "saran, dan masukan.</li></ol>",
                    ),
                    (
                        "image",
                        {
                            "file": "alur-pelayanan.webp",
                            "alt": "Alur satu loket: terima, periksa, proses, serahkan.",
                            "caption": "Alur pelayanan di satu loket",
                        },
                    ),
                    (
                        "html",
                        "<h2>Contoh: legalisasi ijazah madrasah</h2><dl><dt>Persyaratan</dt><dd>Ijazah asli dan salinan"
                        "</dd><dt>Jangka waktu</dt><dd>Satu hari kerja sejak berkas lengkap</dd><dt>Biaya</dt><dd>Rp0 "
                        "(gratis)</dd><dt>Produk</dt><dd>Salinan ijazah yang dilegalisasi</dd></dl><p><em>Contoh untuk "
                        "latihan; gunakan standar pelayanan resmi di unit Anda.</em></p>",
                    ),
                    (
                        "document",
                        {"file": "daftar-periksa.txt", "title": "Daftar periksa standar pelayanan di unit saya"},
                    ),
                    ("question", {"name": "berkas", "is_required": True}),
                ],
            },
            {
                "title": "Maklumat: janji yang dipasang di depan pintu",
                "minutes": 12,
                "body": [
                    (
                        "text",
                        "<p><strong>Maklumat pelayanan</strong> adalah pernyataan kesanggupan penyelenggara untuk "
                        "melayani sesuai standar pelayanan. Pasal 22 mewajibkan kita menyusun, menetapkan, dan "
                        "memublikasikannya secara jelas dan luas. Dengarkan sebuah contoh.</p>",
                    ),
                    ("audio", {"file": "maklumat", "caption": "Contoh maklumat pelayanan, dibacakan"}),
                    (
                        "callout",
                        {
                            "tone": "info",
                            "title": "Maklumat yang baik",
                            "text": "<ul><li>ditandatangani pimpinan unit;</li><li>terbaca dari pintu masuk dan di "
                            "laman unit;</li><li>menyebut akibatnya bila janji tidak ditepati.</li></ul>",
                        },
                    ),
                    ("quiz", {"name": "tes-dasar", "is_required": True}),
                ],
            },
        ],
    },
    {
        "title": "Kelompok Inti",
        "is_gate": True,
        "lessons": [
            {
                "title": "Pengaduan adalah hadiah",
                "minutes": 18,
                "body": [
                    (
                        "text",
                        "<p>Orang yang mengadu masih percaya kita mau berubah; yang tidak percaya memilih diam. Pengaduan "
                        "dapat disampaikan langsung, melalui surat, atau melalui <strong>SP4N-LAPOR!</strong>, sistem "
                        "pengelolaan pengaduan pelayanan publik nasional.</p><h2>Lima langkah</h2><ol><li><strong>"
                        "Terima</strong> tanpa membantah, catat pokok masalahnya.</li><li><strong>Beri tanda terima"
                        "</strong> dengan nomor dan batas waktu.</li><li><strong>Telaah</strong>: apa yang terjadi, "
                        "standar mana yang tidak terpenuhi?</li><li><strong>Selesaikan</strong> dan sampaikan hasilnya."
                        "</li><li><strong>Cegah</strong> agar tidak berulang.</li></ol>",
                    ),
                    (
                        "table",
                        {
                            "data": [
                                ["Tahap", "Batas waktu", "Dasar"],
                                ["Menanggapi pengaduan tertulis", "14 hari sejak diterima", "UU 25/2009 Pasal 44"],
                                ["Memutuskan hasil pemeriksaan", "60 hari sejak berkas lengkap", "UU 25/2009 Pasal 50"],
                            ],
                            "first_row_is_table_header": True,
                            "table_caption": "Batas waktu penanganan pengaduan",
                        },
                    ),
                    (
                        "callout",
                        {
                            "tone": "danger",
                            "title": "Lindungi pelapor",
                            "text": "<p>Jangan pernah menyebarkan identitas pelapor, apalagi kepada pihak yang "
                            "diadukan.</p>",
                        },
                    ),
                    ("question", {"name": "tanggapan", "is_required": False}),
                    ("scorm", {"folder": "simulasi-loket", "is_required": False, "rule": "finished"}),
                ],
            },
            {
                "title": "Survei Kepuasan Masyarakat",
                "minutes": 20,
                "body": [
                    (
                        "text",
                        "<p>Sekurang-kurangnya satu kali setahun setiap unit pelayanan bertanya kepada masyarakat: "
                        "bagaimana layanan kami? PermenPAN-RB Nomor 14 Tahun 2017 menetapkan sembilan unsur, "
                        "masing-masing dinilai 1 sampai 4.</p>",
                    ),
                    (
                        "image",
                        {
                            "file": "unsur-skm.webp",
                            "alt": "Sembilan unsur SKM: persyaratan; sistem, mekanisme, dan prosedur; waktu "
                            "penyelesaian; biaya; produk; kompetensi pelaksana; perilaku pelaksana; penanganan "
                            "pengaduan; sarana dan prasarana.",
                            "caption": "Unsur U1 sampai U9",
                        },
                    ),
                    (
                        "formula",
                        {
                            "latex": r"\mathrm{SKM} = 25 \times \sum_{i=1}^{9} \frac{1}{9}\,\overline{x}_i",
                            "caption": "Rata-rata sembilan unsur dengan bobot sama, dikonversi ke skala 25–100",
                        },
                    ),
                    (
                        "table",
                        {
                            "data": [
                                ["Nilai konversi", "Mutu", "Kinerja unit"],
                                ["88,31–100,00", "A", "Sangat baik"],
                                ["76,61–88,30", "B", "Baik"],
                                ["65,00–76,60", "C", "Kurang baik"],
                                ["25,00–64,99", "D", "Tidak baik"],
                            ],
                            "first_row_is_table_header": True,
                            "table_caption": "Mutu pelayanan menurut nilai SKM",
                        },
                    ),
                    (
                        "code",
                        {
                            "language": "python",
                            "code": "unsur = [3.5, 3.4, 3.1, 3.8, 3.4, 3.5, 3.6, 3.2, 3.1]\n"
                            "rata_rata = sum(unsur) / len(unsur)\n"
                            "print(round(rata_rata * 25, 2))  # 85.0",
                            "caption": "Bagi yang gemar menghitung: nilai SKM dalam tiga baris Python",
                        },
                    ),
                    ("question", {"name": "konversi", "is_required": False}),
                ],
            },
            {
                "title": "Rencana perbaikan dan tes akhir",
                "minutes": 25,
                "body": [
                    (
                        "text",
                        "<p>Pilih <strong>satu</strong> unsur dengan nilai terendah di unit Anda. Tuliskan penyebabnya, "
                        "satu perbaikan yang dapat dimulai pekan depan, siapa penanggung jawabnya, dan bagaimana "
                        "masyarakat akan merasakannya.</p><blockquote>Perbaikan kecil yang ditepati lebih berharga "
                        "daripada janji besar yang terlambat.</blockquote>",
                    ),
                    (
                        "accordion",
                        {
                            "folds": [
                                {
                                    "title": "Contoh rencana: waktu tunggu di KUA",
                                    "text": "<p>Penyebab: berkas diperiksa dua kali. Perbaikan: daftar periksa satu "
                                    "halaman di meja depan. Penanggung jawab: petugas loket. Dirasakan masyarakat: "
                                    "tidak ada lagi yang pulang untuk melengkapi berkas untuk kedua kalinya.</p>",
                                }
                            ]
                        },
                    ),
                    (
                        "video",
                        {
                            "file": "empat-langkah",
                            "caption": "Sebelum tes: empat langkah di loket, sekali lagi",
                        },
                    ),
                    ("quiz", {"name": "tes-akhir", "is_required": True}),
                ],
            },
        ],
    },
]

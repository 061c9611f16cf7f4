/* Tiga pengaduan di loket, dengan SCORM 1.2: nilai, selesai, dan tempat terakhir dilaporkan. */

const SCENES = [
  {
    said: "Saya sudah dua kali ke sini. Setiap kali ada saja berkas yang kurang!",
    right: 0,
    answers: [
      "Maaf, Bapak sampai harus kembali. Mari kita periksa semuanya sekarang dengan daftar ini.",
      "Persyaratannya sudah ditempel di papan pengumuman, Pak.",
      "Petugas yang kemarin memang baru. Silakan kembali besok.",
    ],
    why: "Akui kesulitannya, lalu selesaikan dalam satu kali datang.",
  },
  {
    said: "Petugas tadi minta uang supaya berkas saya didahulukan. Nama saya jangan disebut, ya.",
    right: 2,
    answers: [
      "Siapa orangnya? Biar saya panggil ke sini sekarang.",
      "Kalau tidak ada bukti, sulit kami tindak lanjuti, Bu.",
      "Terima kasih sudah menyampaikan. Identitas Ibu kami lindungi; ini nomor pengaduan Ibu.",
    ],
    why: "Terima tanpa membantah, beri nomor, dan lindungi pelapor.",
  },
  {
    said: "Dua minggu lalu saya mengadu lewat surat. Sampai hari ini tidak ada kabar.",
    right: 1,
    answers: [
      "Surat memang lama, Pak. Tunggu saja.",
      "Kami terlambat: tanggapan seharusnya paling lama 14 hari. Saya telusuri sekarang dan hubungi Bapak hari ini.",
      "Coba Bapak kirim sekali lagi, barangkali terselip.",
    ],
    why: "Batas waktunya 14 hari sejak diterima; janji yang terlambat diakui dan ditepati.",
  },
];

const api = (function find(scope) {
  for (let up = 0; up < 7 && scope; up += 1, scope = scope.parent === scope ? null : scope.parent) {
    if (scope.API) return scope.API;
  }
  return null;
})(window);
const get = (name) => (api ? api.LMSGetValue(name) : "");
const set = (name, value) => api && api.LMSSetValue(name, String(value));
const byId = (id) => document.getElementById(id);
const begunAt = Date.now();
let place = 0;
let right = 0;

function clock(seconds) {
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

function show() {
  const scene = SCENES[place];
  byId("place").textContent = `Pengaduan ${place + 1} dari ${SCENES.length}`;
  byId("said").textContent = scene.said;
  byId("why").textContent = "";
  byId("next").hidden = true;
  byId("choices").hidden = false;
  byId("answers").replaceChildren(
    ...scene.answers.map((text, number) => {
      const label = document.createElement("label");
      const radio = Object.assign(document.createElement("input"), { type: "radio", name: "answer", value: number, required: true });
      label.append(radio, text);
      return label;
    }),
  );
}

function end() {
  const score = Math.round((right * 100) / SCENES.length);
  byId("place").textContent = `Selesai: ${right} dari ${SCENES.length} tepat, nilai ${score}.`;
  byId("said").textContent = score >= 60 ? "Terima kasih. Dilayani begini, saya percaya lagi." : "Baiklah … mungkin lain kali.";
  byId("choices").hidden = true;
  byId("next").hidden = true;
  set("cmi.core.score.min", 0);
  set("cmi.core.score.max", 100);
  set("cmi.core.score.raw", score);
  set("cmi.core.lesson_status", score >= 60 ? "passed" : "failed");
  set("cmi.core.lesson_location", "");
  set("cmi.suspend_data", "");
  if (api) api.LMSCommit("");
}

byId("choices").addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = Number(new FormData(event.target).get("answer"));
  const isRight = chosen === SCENES[place].right;
  right += isRight ? 1 : 0;
  byId("why").textContent = `${isRight ? "Tepat." : "Belum tepat."} ${SCENES[place].why}`;
  byId("choices").hidden = true;
  byId("next").hidden = false;
  byId("next").focus();
  set("cmi.core.lesson_location", place + 1);
  set("cmi.suspend_data", right);
  if (api) api.LMSCommit("");
});

byId("next").addEventListener("click", () => {
  place += 1;
  if (place < SCENES.length) show();
  else end();
});

addEventListener("pagehide", () => {
  if (!api) return;
  set("cmi.core.session_time", clock((Date.now() - begunAt) / 1000));
  if (place < SCENES.length) set("cmi.core.exit", "suspend");
  api.LMSFinish("");
});

if (api) api.LMSInitialize("");
if (get("cmi.core.lesson_status") === "not attempted") set("cmi.core.lesson_status", "incomplete");
place = Math.min(Number(get("cmi.core.lesson_location")) || 0, SCENES.length);
right = Number(get("cmi.suspend_data")) || 0;
if (place < SCENES.length) show();
else end();

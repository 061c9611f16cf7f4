/* Writing captions beside the video: takes the time from it, plays a caption again, adds rows. */

const editor = document.querySelector("[data-caption-editor]");
if (editor) bind(editor);

function bind(editor) {
  const film = editor.querySelector("video");
  const list = editor.querySelector("[data-caption-rows]");
  const total = editor.querySelector("[name$=TOTAL_FORMS]");
  const template = editor.querySelector("[data-caption-template]");
  const add = editor.querySelector("[data-caption-add]");
  add.hidden = false;
  const show = (row) => {
    if (film) for (const button of row.querySelectorAll("[data-caption-now], [data-caption-play]")) button.hidden = false;
  };
  for (const row of list.children) show(row);

  add.addEventListener("click", () => {
    const holder = document.createElement("ol");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const [row] = holder.children;
    list.append(row);
    show(row);
    const before = [...list.children].at(-2)?.querySelector("[name$=-end]")?.value;
    row.querySelector("[name$=-start]").value = before || (film ? clock(film.currentTime) : "");
    row.querySelector("textarea").focus();
  });

  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-caption-row]");
    if (!row || !film) return;
    if (event.target.closest("[data-caption-now]")) {
      event.target.closest(".caption-row__time").querySelector("input").value = clock(film.currentTime);
    } else if (event.target.closest("[data-caption-play]")) {
      const start = seconds(row.querySelector("[name$=-start]").value);
      if (start === null) return;
      film.currentTime = start;
      film.play();
    }
  });

  film?.addEventListener("timeupdate", () => {
    for (const row of list.children) {
      const [start, end] = ["start", "end"].map((name) => seconds(row.querySelector(`[name$=-${name}]`).value));
      row.classList.toggle("is-said", start !== null && end !== null && film.currentTime >= start && film.currentTime < end);
    }
  });
}

function clock(time) {
  const whole = Math.round(time * 1000);
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${two((whole / 1000) % 60)}.${String(whole % 1000).padStart(3, "0")}`;
}

function seconds(text) {
  const parts = text.trim().replace(",", ".").split(":").map(Number);
  return text.trim() && parts.every(Number.isFinite) ? parts.reduce((sum, part) => sum * 60 + part, 0) : null;
}

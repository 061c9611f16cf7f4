/* A quiz attempt: saves each answer as it is given, keeps it on the device while the line is down, shows the time.

   Without this module the form's own buttons save and submit. */

const RETRY = [2, 5, 10, 20, 30];

export function bind(form) {
  const words = form.dataset;
  const key = `attempt-${form.dataset.attempt}`;
  const state = form.querySelector("[data-save-state]");
  const saveButton = form.querySelector("[data-save-button]");
  let waiting = read(key);
  let timer = 0;
  let failures = 0;
  let isSending = false;
  let isOver = false;

  saveButton.hidden = true;
  for (const [version, values] of Object.entries(waiting)) put(form, version, values);
  count(form, words.wordAnswered);

  form.addEventListener("input", (event) => changed(event, 900));
  form.addEventListener("change", (event) => changed(event, 50));
  form.addEventListener("keydown", (event) => {
    // Enter in a text field would press "Save" and leave the page.
    if (event.key === "Enter" && event.target.matches("input[type=text]")) event.preventDefault();
  });
  addEventListener("online", () => send());
  addEventListener("pagehide", () => {
    if (Object.keys(waiting).length && !isSending) navigator.sendBeacon(form.action, body(waiting));
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  if (Object.keys(waiting).length) send();
  if (words.secondsLeft !== undefined) clock(Number(words.secondsLeft));

  const map = document.getElementById("attempt-map");
  map.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    if (map.matches(":popover-open")) map.hidePopover();
    document.querySelector(link.hash)?.focus({ preventScroll: true });
  });

  function changed(event, pause) {
    const question = event.target.closest("[data-question]");
    if (!question || isOver) return;
    waiting[question.dataset.question] = take(question);
    write(key, waiting);
    count(form, words.wordAnswered);
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  }

  function body(answers) {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const [version, values] of Object.entries(answers)) {
      data.append("question", version);
      for (const value of values) data.append(`q${version}`, value);
    }
    return data;
  }

  async function send() {
    clearTimeout(timer);
    if (isSending || !Object.keys(waiting).length) return;
    isSending = true;
    const sent = structuredClone(waiting);
    state.textContent = words.wordSaving;
    let answer = null;
    try {
      answer = await fetch(form.action, { method: "POST", body: body(sent), headers: { Accept: "application/json" } });
    } catch {
      answer = null;
    }
    isSending = false;
    if (answer?.status === 409) return leave();
    if (answer?.redirected || answer?.status === 403 || answer?.status === 404) {
      say(words.wordSignedOut, true);
      return;
    }
    if (!answer?.ok) {
      say(words.wordKept, true);
      timer = setTimeout(send, 1000 * RETRY[Math.min(failures++, RETRY.length - 1)]);
      return;
    }
    failures = 0;
    for (const [version, values] of Object.entries(sent)) {
      if (String(waiting[version]) === String(values)) delete waiting[version];
    }
    write(key, waiting);
    const { saved_at: time } = await answer.json();
    say(words.wordSaved.replace("%(time)s", time), false);
    if (Object.keys(waiting).length) send();
  }

  function say(text, isProblem) {
    state.textContent = text;
    state.toggleAttribute("data-is-problem", isProblem);
  }

  /** The attempt is closed on the server: its own page knows where to go. */
  function leave() {
    isOver = true;
    waiting = {};
    write(key, waiting);
    location.replace(words.pageUrl);
  }

  /** Counts from what the server said is left, so a wrong clock on the device does no harm. */
  function clock(seconds) {
    const end = Date.now() + seconds * 1000;
    const shown = document.querySelector("[data-clock]");
    const box = shown.closest("[data-attempt-clock]");
    const spoken = document.createElement("span");
    spoken.className = "visually-hidden";
    spoken.setAttribute("role", "status");
    box.after(spoken);
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      shown.textContent = digits(left);
      box.toggleAttribute("data-is-short", left <= 300);
      box.toggleAttribute("data-is-last", left <= 60);
      if (left === 300 || left === 600) spoken.textContent = words.wordLeft.replace("%(minutes)s", left / 60);
      if (left === 60) spoken.textContent = words.wordLast;
      if (left) return;
      clearInterval(ticking);
      over();
    };
    const ticking = setInterval(tick, 1000);
    tick();
  }

  /** Time is over: everything that is on the page goes in, within the server's grace. */
  async function over() {
    say(words.wordOver, true);
    isOver = true;
    write(key, {});
    form.action = words.submitUrl;
    form.submit();
  }
}

function digits(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function inputs(question) {
  return [...question.querySelectorAll("input:not([type=hidden]), select, textarea")];
}

/** The answer to a question as its form fields would send it. */
function take(question) {
  return inputs(question)
    .filter((input) => input.checked || !["radio", "checkbox"].includes(input.type))
    .map((input) => input.value);
}

function put(form, version, values) {
  const question = form.querySelector(`[data-question="${CSS.escape(version)}"]`);
  for (const input of question ? inputs(question) : []) {
    if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
    else input.value = values[0] ?? "";
  }
}

function count(form, word) {
  let answered = 0;
  for (const question of form.querySelectorAll("[data-question]")) {
    const isAnswered = take(question).some((value) => value.trim() !== "");
    answered += isAnswered;
    const link = form.querySelector(`[data-map="${question.dataset.question}"]`);
    link.toggleAttribute("data-is-answered", isAnswered);
    link.querySelector("[data-map-state]").textContent = isAnswered ? ` ${word}` : "";
  }
  for (const place of form.querySelectorAll("[data-answered-count]")) place.textContent = answered;
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function write(key, waiting) {
  try {
    if (Object.keys(waiting).length) localStorage.setItem(key, JSON.stringify(waiting));
    else localStorage.removeItem(key);
  } catch {
    // A full or forbidden store: answers are still sent, only not kept for a lost line.
  }
}

/* The player: resumes at the place on the page, reports time and place, and answers to the keyboard.

   Time is counted only while the page is seen. The server believes no more of it than its own clock allows. */

const EVERY = 30_000;

export function bind(player) {
  const lesson = player.querySelector("[data-lesson]");
  goBackTo(player, lesson);
  reportPlace(player, lesson);
  listenToKeys(player);
  rememberMedia(lesson);
}

/** How far down the lesson the foot of the window is, from 0 to 1. */
function place(lesson) {
  const box = lesson.getBoundingClientRect();
  return box.height ? Math.min(1, Math.max(0, (innerHeight - box.top) / box.height)) : 0;
}

function goBackTo(player, lesson) {
  const kept = Number(player.dataset.position);
  // A lesson read to its end is read again from its beginning.
  if (location.hash || !(kept > 0.05 && kept < 0.97)) return;
  const go = () => {
    const box = lesson.getBoundingClientRect();
    const top = scrollY + box.top + kept * box.height - innerHeight;
    if (top > 0) scrollTo({ top, behavior: "instant" });
  };
  if (document.readyState === "complete") go();
  else addEventListener("load", go, { once: true });
}

function reportPlace(player, lesson) {
  const token = player.querySelector("[name=csrfmiddlewaretoken]")?.value ?? tokenOf(document.body);
  let seenSince = document.hidden ? 0 : performance.now();
  let seconds = 0;
  const settle = () => {
    if (seenSince) seconds += (performance.now() - seenSince) / 1000;
    seenSince = document.hidden ? 0 : performance.now();
  };
  const send = () => {
    settle();
    if (seconds < 1) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token);
    body.set("seconds", seconds.toFixed(1));
    body.set("position", place(lesson).toFixed(4));
    seconds = 0;
    // A page that is going away can still send this much.
    navigator.sendBeacon(player.dataset.positionUrl, body);
  };
  setInterval(() => document.hidden || send(), EVERY);
  document.addEventListener("visibilitychange", () => (document.hidden ? send() : settle()));
  addEventListener("pagehide", send);
}

function tokenOf(body) {
  try {
    return JSON.parse(body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  } catch {
    return "";
  }
}

function listenToKeys(player) {
  const outline = document.getElementById("outline");
  const help = player.querySelector(".lesson-keys");
  const follow = (name) => player.querySelector(`[data-key="${name}"]`)?.click();
  const actions = {
    j: () => follow("next"),
    ArrowRight: () => follow("next"),
    k: () => follow("previous"),
    ArrowLeft: () => follow("previous"),
    o: () => (outline.matches(".player__outline") && getComputedStyle(outline).position === "sticky"
      ? outline.querySelector("[aria-current]")?.focus()
      : outline.togglePopover?.()),
    "?": () => {
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    // Keys belong to whatever is being typed in, chosen from or played.
    if (event.target.closest("input, textarea, select, video, audio, dialog, [contenteditable], [role=slider], .table-wrap, math")) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Videos and recordings go on where they were, on this device. */
function rememberMedia(lesson) {
  for (const media of lesson.querySelectorAll("video, audio")) {
    const source = media.getAttribute("src") ?? media.querySelector("source")?.getAttribute("src");
    if (!source) continue;
    const key = `media:${source.split("?")[0]}`;
    const kept = () => Number(read(key));
    const restore = () => {
      if (kept() > 2 && kept() < media.duration - 5) media.currentTime = kept();
    };
    if (media.readyState > 0) restore();
    else media.addEventListener("loadedmetadata", restore, { once: true });
    let last = 0;
    const keep = () => {
      if (Math.abs(media.currentTime - last) < 2) return;
      last = media.currentTime;
      write(key, media.ended ? 0 : last.toFixed(1));
    };
    for (const name of ["timeupdate", "pause", "ended"]) media.addEventListener(name, keep);
  }
}

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* A browser that keeps nothing starts the video from its beginning. */
  }
}

/* The player: resumes at the place on the page, reports what is studied, and answers to the keyboard. */

import { reportEvidence } from "./evidence.js";

export function bind(player) {
  const lesson = player.querySelector("[data-lesson]");
  goBackTo(player, lesson);
  reportEvidence(player, lesson, () => place(lesson));
  listenToKeys(player);
  document.addEventListener("activity:changed", () => refresh());
  // What is missing is said of the form that is shown.
  document.addEventListener("topic:changed", () => "asks" in player.dataset && refresh());
}

/** An activity has changed what is complete: the way through the course is drawn anew, the lesson stays as it is. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = ["lesson-foot", "player-progress", "outline-lines"].map((id) => document.getElementById(id));
  for (const old of [...parts, ...document.querySelectorAll("[data-standing]")]) {
    const now = old && fresh.getElementById(old.id);
    if (!now || old.contains(document.activeElement)) continue;
    old.replaceWith(document.adoptNode(now));
    now.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: now } }));
  }
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

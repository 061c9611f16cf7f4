/* A topic in several forms: another form takes the place of the one that is shown, and goes on at the same place.

   What was chosen is kept in a cookie, so that the server draws it first the next time. The forms that are not shown
   stay in templates, where nothing of them is fetched. Without this module each form is a link. */

import { isSaving, keepPlace } from "./media.js";

const YEAR = 365 * 24 * 3600;
const SECONDS = 2;

export function bind(topic) {
  const lengths = new Map((topic.dataset.lengths ?? "").split(",").filter(Boolean).map((each) => each.split(":")));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-form]");
    if (!link || link.hash !== `#${topic.id}` || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    choose(link.dataset.form);
    show(topic, link.dataset.form, lengths);
    if (!topic.contains(link)) topic.scrollIntoView({ block: "start" });
  });
  addEventListener("datasaving", () => isSaving() && saveData(topic, lengths));
  for (const name of ["timeupdate", "pause", "ended"]) {
    topic.addEventListener(name, ({ target }) => share(target, lengths), true);
  }
}

function choose(form) {
  document.cookie = `study_form=${form}; path=/; max-age=${YEAR}; samesite=lax`;
  history.replaceState(null, "", `?form=${form}`);
}

/** Puts the form into its place. What was shown before stays as it is, out of sight. */
function show(topic, form, lengths) {
  const now = topic.querySelector("div[data-panel]:not([hidden])");
  const wanted = topic.querySelector(`[data-panel="${form}"]`);
  if (!wanted || wanted === now) return;
  const media = now?.querySelector("[data-media]");
  media?.pause();
  if (now) now.hidden = true;
  const panel = wanted instanceof HTMLTemplateElement ? unpacked(wanted) : wanted;
  panel.hidden = false;
  for (const link of topic.querySelectorAll(".topic__forms a[data-form]")) {
    if (link.dataset.form === form) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const other = panel.querySelector("[data-media]");
  if (media && other?.readyState > 0) other.currentTime = carried(media, other, lengths) ?? other.currentTime;
  document.dispatchEvent(new CustomEvent("topic:changed"));
}

function unpacked(template) {
  const panel = document.createElement("div");
  panel.className = "topic__panel";
  panel.dataset.panel = template.dataset.panel;
  panel.append(document.importNode(template.content, true));
  template.replaceWith(panel);
  panel.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: panel } }));
  return panel;
}

/** The same place in another medium of the topic: as far along as in this one. */
function carried(media, other, lengths) {
  const [own, theirs] = [media, other].map((each) => Number(lengths.get(each.dataset.media)));
  return own && theirs ? (media.ended ? 0 : (media.currentTime * theirs) / own) : null;
}

/** Keeps the place for the topic's other media too, now and then: they go on there when they are opened. */
function share(media, lengths) {
  if (!media.matches?.("[data-media]") || media.currentTime < 1) return;
  const at = media.ended ? 0 : media.currentTime;
  if (Math.abs((media.sharedAt ?? -SECONDS) - at) < SECONDS && !media.paused) return;
  media.sharedAt = at;
  const own = Number(lengths.get(media.dataset.media));
  for (const [id, seconds] of lengths) {
    if (own && id !== media.dataset.media) keepPlace(id, (at * Number(seconds)) / own);
  }
}

/** Whoever begins to save data gets the lightest form, unless she is playing another. */
function saveData(topic, lengths) {
  document.cookie = "study_form=; path=/; max-age=0; samesite=lax";
  const links = [...topic.querySelectorAll(".topic__forms a[data-form]")];
  const isPlaying = [...topic.querySelectorAll("[data-media]")].some((media) => !media.paused);
  if (isPlaying || !links.length) return;
  const lightest = links.reduce((a, b) => (Number(b.dataset.least) < Number(a.dataset.least) ? b : a));
  show(topic, lightest.dataset.form, lengths);
}

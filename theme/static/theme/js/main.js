/* Wakes each behavior whose attribute is on the page, and nothing else. */

const behaviors = {
  "[data-scheme-switch]": () => import("./scheme-switch.js"),
  "[data-reveal]": () => import("./reveal.js"),
  "[data-confirm]": () => import("./confirm.js"),
  "[data-autosubmit]": () => import("./autosubmit.js"),
  "[data-countdown]": () => import("./countdown.js"),
  "[data-copy]": () => import("./copy.js"),
  "[data-chart]": () => import("./chart.js"),
  "[data-back]": () => import("./back.js"),
  "[data-focus]": () => import("./focus.js"),
  "[data-media-player]": () => import("./media.js"),
  "[data-topic]": () => import("./topic.js"),
  "[data-transcript]": () => import("./transcript.js"),
  "[data-data-saving]": () => import("./data-saving.js"),
  "[data-player]": () => import("./player.js"),
  "[data-submit-once]": () => import("./submit-once.js"),
  "[data-tick-all]": () => import("./tick-all.js"),
  "[data-pick]": () => import("./pick.js"),
  "[data-rush]": () => import("./rush.js"),
  "[data-attempt]": () => import("./attempt.js"),
  "[data-h5p-play]": () => import("./h5p-play.js"),
  "[data-package]": () => import("./package.js"),
  '.table-wrap, .tabs, .prose pre, math[display="block"]': () => import("./scrollers.js"),
};

/* `data-awake` on the page says that whatever is on it answers: until then a choice made in it would go unheard. */
let waking = 0;

async function until(loads) {
  waking += 1;
  delete document.documentElement.dataset.awake;
  await Promise.allSettled(loads);
  waking -= 1;
  if (!waking) document.documentElement.dataset.awake = "";
}

/** Binds behaviors to everything inside `part` that is not bound yet. */
function wake(part) {
  const loads = [];
  for (const [selector, load] of Object.entries(behaviors)) {
    const found = [...part.querySelectorAll(selector)];
    if (part !== document && part.matches?.(selector)) found.push(part);
    if (!found.length) continue;
    const bound = load().then(({ bind }) => {
      for (const element of found) {
        const key = `bound${selector.replace(/\W/g, "")}`;
        if (element[key]) continue;
        element[key] = true;
        bind(element);
      }
    });
    loads.push(bound);
  }
  if (part === document && document.querySelector("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete], [hx-boost]")) {
    loads.push(import("./htmx.js").then(({ start }) => start()));
  }
  until(loads);
}

wake(document);
document.addEventListener("htmx:load", (event) => wake(event.detail.elt));
document.addEventListener("toast", (event) => import("./toast.js").then(({ toast }) => toast(event.detail)));

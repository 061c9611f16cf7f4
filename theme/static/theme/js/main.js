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
  "[data-player]": () => import("./player.js"),
  "[data-submit-once]": () => import("./submit-once.js"),
  "[data-rush]": () => import("./rush.js"),
  "[data-attempt]": () => import("./attempt.js"),
  '.table-wrap, .tabs, .prose pre, math[display="block"]': () => import("./scrollers.js"),
};

/** Binds behaviors to everything inside `part` that is not bound yet. */
function wake(part) {
  for (const [selector, load] of Object.entries(behaviors)) {
    const found = [...part.querySelectorAll(selector)];
    if (part !== document && part.matches?.(selector)) found.push(part);
    if (!found.length) continue;
    load().then(({ bind }) => {
      for (const element of found) {
        const key = `bound${selector.replace(/\W/g, "")}`;
        if (element[key]) continue;
        element[key] = true;
        bind(element);
      }
    });
  }
}

wake(document);
document.addEventListener("htmx:load", (event) => wake(event.detail.elt));
document.addEventListener("toast", (event) => import("./toast.js").then(({ toast }) => toast(event.detail)));

if (document.querySelector("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete], [hx-boost]")) {
  import("./htmx.js").then(({ start }) => start());
}

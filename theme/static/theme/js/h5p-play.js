/* Interactive content in a lesson: opens in a frame that reaches nothing outside itself. What it says comes here. */

import { Queue } from "./h5p-queue.js";

const HIGHEST = 20_000;
const SLOW = 10_000;
const FIRST_PATIENCE = 8000;

export function bind(card) {
  const words = card.dataset;
  const stage = card.querySelector("[data-stage]");
  const status = card.querySelector("[data-said]");
  const slow = card.querySelector("[data-slow]");
  const queue = words.keep ? new Queue(words.place, words.keep, token(card), heard) : null;
  let frame = null;
  let timer = 0;
  let openedAt = 0;

  for (const button of card.querySelectorAll("[data-start]")) {
    button.addEventListener("click", () => {
      // The button goes: whoever pressed it with a key goes on from where it was.
      stage.focus({ preventScroll: true });
      open();
    });
  }
  addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow) listen(event.data ?? {});
  });
  if (isCheap()) openWhenSeen();

  function openWhenSeen() {
    const watch = new IntersectionObserver(
      (seen) => {
        if (!seen.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        open();
      },
      { rootMargin: "200px 0px" },
    );
    watch.observe(card);
  }

  async function open() {
    if (card.dataset.state === "loading" || card.dataset.state === "open") return;
    card.dataset.state = "loading";
    stage.setAttribute("aria-busy", "true");
    slow.hidden = true;
    timer = setTimeout(() => (slow.hidden = false), SLOW);
    // What an earlier visit left on this device comes first: the frame begins where that ended.
    if (queue) await Promise.race([queue.flush(), new Promise((go) => setTimeout(go, FIRST_PATIENCE))]);
    frame = document.createElement("iframe");
    frame.title = words.title;
    frame.setAttribute("sandbox", words.sandbox);
    frame.allow = "fullscreen";
    // A page that failed to load says nothing of itself.
    frame.addEventListener("load", () => setTimeout(() => card.dataset.state === "loading" && fail(), 5000));
    frame.src = words.frame;
    stage.append(frame);
  }

  function settle(state) {
    clearTimeout(timer);
    slow.hidden = true;
    card.dataset.state = state;
    stage.removeAttribute("aria-busy");
    if (document.activeElement !== stage) return;
    (state === "open" ? frame : stage.querySelector(".h5p-card__failed button")).focus({ preventScroll: true });
  }

  function fail() {
    settle("failed");
    frame.remove();
    frame = null;
  }

  function listen({ h5p: name, ...given }) {
    if (name === "ready" && card.dataset.state === "loading") {
      settle("open");
      openedAt = Date.now();
      if (words.viewed !== undefined) queue?.put({ kind: "viewed" });
    } else if (name === "failed" && card.dataset.state === "loading") {
      fail();
    } else if (name === "height" && Number.isFinite(given.height)) {
      frame.style.height = `${Math.min(Math.max(given.height, 100), HIGHEST)}px`;
    } else if (name === "state") {
      const { type, sub, data, invalidates } = given;
      queue?.put({ kind: "state", type, sub, data, invalidates });
    } else if (name === "finished") {
      const { score, max, seconds } = given;
      queue?.put({ kind: "finished", score, max, seconds: seconds ?? Math.round((Date.now() - openedAt) / 1000) });
    } else if (name === "statement") {
      queue?.put({ kind: "statement", statement: given.statement });
    }
  }

  function heard(what, text = "") {
    if (what === "news") document.dispatchEvent(new CustomEvent("activity:changed"));
    const said = { saved: words.wordSaved, waiting: words.wordWaiting, "signed-out": words.wordSignedOut, gone: words.wordGone, refused: text }[what];
    if (said !== undefined && status.textContent !== said) status.textContent = said;
    if (what !== "news") status.toggleAttribute("data-is-problem", what !== "saved");
  }
}

/** Content may weigh megabytes: where data is dear or slow, it waits to be asked for. */
function isCheap() {
  const { saveData, effectiveType } = navigator.connection ?? {};
  return !saveData && !/2g/.test(effectiveType ?? "");
}

function token(card) {
  return card.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

/* The platform's page around a package: says whether what is done there is kept, and lets it finish before it goes. */

const PATIENCE = 3000;
const WARNING = new Set(["waiting", "elsewhere", "refused"]);

export function bind(place) {
  const frame = place.querySelector("iframe");
  const state = document.querySelector("[data-package-state]");
  const leave = document.querySelector("[data-package-leave]");
  let go = null;
  addEventListener("message", (event) => {
    if (event.origin !== place.dataset.origin || event.source !== frame.contentWindow) return;
    const said = event.data?.package;
    if (said === "left") go?.();
    if (typeof said !== "string" || !place.dataset[said]) return;
    state.textContent = place.dataset[said];
    state.dataset.tone = WARNING.has(said) ? "danger" : "";
  });
  leave.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || go) return;
    event.preventDefault();
    go = () => location.assign(leave.href);
    frame.contentWindow.postMessage({ package: "leave" }, place.dataset.origin);
    setTimeout(go, PATIENCE);
  });
}

/* Runs before the page is drawn, so that the chosen appearance is there from the first paint. */
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const chosen = localStorage.getItem("scheme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden; the device's own scheme is used then.
  }
})();

/* Light, dark, or as the device has it. */

export function bind(group) {
  const root = document.documentElement;
  const buttons = [...group.querySelectorAll("button")];
  const show = () => {
    const current = root.dataset.theme ?? "auto";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === current));
  };
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.value === "auto") delete root.dataset.theme;
    else root.dataset.theme = button.value;
    try {
      if (button.value === "auto") localStorage.removeItem("scheme");
      else localStorage.setItem("scheme", button.value);
    } catch {
      // The choice then lasts as long as this page.
    }
    show();
    document.dispatchEvent(new CustomEvent("scheme"));
  });
  show();
}

/* What scrolls sideways inside itself can be reached and scrolled with the keyboard. */

export function bind(box) {
  const update = () => {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      if (box.matches(".table-wrap") && !box.hasAttribute("role")) {
        box.setAttribute("role", "region");
        const caption = box.querySelector("caption");
        if (!box.hasAttribute("aria-label")) box.setAttribute("aria-label", caption?.textContent.trim() || document.title);
      }
    } else {
      box.removeAttribute("tabindex");
    }
  };
  new ResizeObserver(update).observe(box);
}

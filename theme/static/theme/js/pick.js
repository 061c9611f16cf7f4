/* `<div data-pick>`: what is ticked among the found goes to the chosen, so that the next search does not take it away. */

export function bind(pick) {
  const chosen = pick.querySelector(".pick__chosen");
  pick.addEventListener("change", ({ target }) => {
    const row = target.closest(".pick__row");
    if (!row || !target.checked) return;
    const item = document.createElement("li");
    row.className = "pick__chip";
    item.append(row);
    chosen.append(item);
    target.focus();
    const found = pick.querySelector(".pick__found");
    found.hidden = !found.querySelector(".pick__row");
  });
}

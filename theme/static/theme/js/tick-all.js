/* `<input type="checkbox" data-tick-all>`: ticks every other box of its form, and shows whether all are ticked. */

export function bind(all) {
  const boxes = [...all.form.querySelectorAll("input[type=checkbox]")].filter((box) => box !== all);
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}

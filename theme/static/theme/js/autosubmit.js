/* A form of filters that answers as soon as a choice is made; its button remains for those without script. */

export function bind(form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox], [type=radio], [type=date]")) form.requestSubmit();
  });
}

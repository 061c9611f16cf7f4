/* Asks before a form or button with `data-confirm="question"` does what cannot be taken back. */

export function bind(element) {
  const form = element instanceof HTMLFormElement ? element : element.form;
  form.addEventListener("submit", (event) => {
    if (form.dataset.confirmed) {
      delete form.dataset.confirmed;
      return;
    }
    const submitter = event.submitter;
    if (element !== form && submitter !== element) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(element.dataset.confirm, element.dataset.confirmYes).then((isYes) => {
      if (!isYes) return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    });
  }, true);
}

/** Resolves to true when the person agrees; focus returns to where it was. */
export function ask(text, yes) {
  const template = document.getElementById("confirm-template");
  const dialog = template.content.firstElementChild.cloneNode(true);
  dialog.querySelector("[data-text]").textContent = text;
  if (yes) dialog.querySelector("[data-yes]").textContent = yes;
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.querySelector("[data-yes]").addEventListener("click", () => dialog.close("yes"));
    dialog.querySelector("[data-no]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
    dialog.querySelector("[data-no]").focus();
  });
}

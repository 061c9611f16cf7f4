/* Lets a person see the password she types. */

const EYE = '<path d="M2.06 12.35a1 1 0 0 1 0-.7 10.75 10.75 0 0 1 19.88 0 1 1 0 0 1 0 .7 10.75 10.75 0 0 1-19.88 0"/><circle cx="12" cy="12" r="3"/>';

export function bind(box) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.innerHTML = `<svg class="icon" aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">${EYE}<path class="reveal__bar" d="m3 3 18 18"/></svg>`;
  const show = (isShown) => {
    input.type = isShown ? "text" : "password";
    button.setAttribute("aria-label", isShown ? box.dataset.hide : box.dataset.show);
    button.querySelector(".reveal__bar").style.display = isShown ? "" : "none";
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  box.append(button);
}

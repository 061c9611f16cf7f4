/* A button that goes back to where the person came from. */

export function bind(button) {
  button.addEventListener("click", () => history.back());
}

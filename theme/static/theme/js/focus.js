/* Takes the reader to what needs her first: the summary of what was wrong in a form. */

export function bind(element) {
  element.focus();
}

/* A short word in the corner, spoken politely; an htmx answer sends one with `HX-Trigger: {"toast": {...}}`. */

export function toast({ text, tone = "info", seconds = 6 }) {
  const note = document.createElement("div");
  note.className = `notice notice--${tone}`;
  note.textContent = text;
  document.querySelector("[data-toasts]").append(note);
  setTimeout(() => note.remove(), seconds * 1000);
}

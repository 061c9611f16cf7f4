/* `<button data-copy="text" data-done="Copied">`: puts the text on the clipboard and says so. */

import { toast } from "./toast.js";

export function bind(button) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast({ text: button.dataset.done ?? button.dataset.copy, tone: "success" });
  });
}

/* Keeps the preparation of a file up to date while somebody looks at it. */

const EVERY = 3000;

for (const part of document.querySelectorAll("[data-media-standing]")) follow(part);

async function follow(part) {
  while (part.isConnected && part.querySelector("[data-media-under-way]")) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    if (document.hidden) continue;
    try {
      const answer = await fetch(part.dataset.mediaStanding, { headers: { Accept: "text/html" } });
      // Written anew only when something changed, or a screen reader would repeat it.
      const text = answer.ok && !answer.redirected ? await answer.text() : "";
      if (text && text !== part.told) part.innerHTML = part.told = text;
    } catch {
      /* The line is gone for a moment; the next look will tell. */
    }
  }
}

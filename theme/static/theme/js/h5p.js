// Gives each frame of interactive content the height that it asks for.

const HIGHEST = 20000;

addEventListener("message", (event) => {
  if (event.data?.h5p !== "height" || !Number.isFinite(event.data.height)) return;
  for (const frame of document.querySelectorAll("iframe[data-h5p]")) {
    if (frame.contentWindow === event.source) {
      frame.style.height = `${Math.min(Math.max(event.data.height, 100), HIGHEST)}px`;
    }
  }
});

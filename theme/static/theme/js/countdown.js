/* `<time data-countdown datetime="...">` counts down to its moment: 02:59:07, or 3 hari 04:10:00 (`data-days` is the word).

   Spoken only at the marks where it matters (ten, five and one minute), and announced by a `countdown:end` event. */

const MARKS = [600, 300, 60];

export function bind(time) {
  const end = Date.parse(time.getAttribute("datetime"));
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  time.after(spoken);
  const tick = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    time.textContent = clock(left, time.dataset.days);
    time.toggleAttribute("data-last-minute", left <= 60);
    if (MARKS.includes(left)) spoken.textContent = time.textContent;
    if (left > 0) return;
    clearInterval(timer);
    time.dispatchEvent(new CustomEvent("countdown:end", { bubbles: true }));
  };
  const timer = setInterval(tick, 1000);
  tick();
}

function clock(seconds, word) {
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const rest = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days ? `${days} ${word ?? "+"} ${rest}` : rest;
}

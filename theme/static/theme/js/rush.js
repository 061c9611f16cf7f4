/* The page of a run at its opening: a countdown by the server's clock, the button at the right moment, and a click that
   is sent until it is answered.

   The server's clock is known from below: an answer was made before it was read, however long it was under way or in a
   cache, so the largest difference seen is the nearest to the truth, and the button never becomes active too early.
   The page's own clock is the monotonic one: setting the telephone's time changes nothing. */

const SLOWEST = 30000;
/* Answers in a row that say the server failed, after which the page is loaded anew: it can say more than a script. */
const PATIENCE = 8;

export function bind(card) {
  const part = (name) => card.querySelector(`[data-rush-${name}]`);
  const [clock, button, said, form] = [part("clock"), part("button"), part("said"), card.querySelector("form")];
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let opens = Number(card.dataset.opens);
  let ahead = Number(card.dataset.now) - performance.now();
  let tag = "";
  let isSending = false;
  const now = () => performance.now() + ahead;

  const tick = () => {
    const left = opens - now();
    if (clock) clock.textContent = left > 0 ? spell(Math.ceil(left / 1000), card.dataset.days) : "";
    if (!isSending) button.disabled = left > 0;
    if (left <= 0 && clock) {
      part("heading").textContent = card.dataset.open;
      clock.hidden = part("opening").hidden = true;
    }
    const pause = left > 0 ? Math.min(1000, (left % 1000) + 5) : 1000;
    setTimeout(tick, pause);
  };
  tick();

  const poll = async () => {
    if (!document.hidden) await look();
    // Nearer to the opening more often, and never all at once.
    const left = Math.abs(opens - now());
    const pause = left > 600000 ? 60000 : left > 60000 ? 15000 : 4000;
    setTimeout(poll, pause * (0.75 + Math.random() / 2));
  };
  const look = async () => {
    try {
      const answer = await fetch(card.dataset.state, { headers: tag ? { "If-None-Match": tag } : {}, credentials: "omit" });
      if (answer.status !== 200) return;
      tag = answer.headers.get("ETag") ?? "";
      const state = await answer.json();
      ahead = Math.max(ahead, state.now - performance.now());
      opens = state.opens_at;
      if (!isSending && (state.is_cancelled || state.closes_at <= now())) {
        // The page says what has become of it; loaded anew it has no button, and looks no more.
        location.reload();
        return;
      }
      if (state.seats === null) return;
      const seats = document.querySelector("[data-rush-seats]");
      if (seats) {
        seats.textContent = card.dataset.left
          .replace("{left}", number.format(state.left))
          .replace("{seats}", number.format(state.seats));
      }
      const waiting = document.querySelector("[data-rush-waiting]");
      if (waiting) waiting.textContent = number.format(state.waiting);
      if (!isSending) button.textContent = state.left > 0 ? card.dataset.enroll : card.dataset.join;
    } catch {
      // The line is down: the next look will tell.
    }
  };
  setTimeout(poll, 1000 + Math.random() * 3000);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isSending) send();
  });

  async function send() {
    isSending = true;
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const began = performance.now();
    const sending = () => {
      said.textContent = card.dataset.sending.replace("{n}", Math.round((performance.now() - began) / 1000));
    };
    let telling = setInterval(sending, 1000);
    let pause = 500;
    let failures = 0;
    for (;;) {
      let told = null;
      let status = 0;
      try {
        const answer = await fetch(form.action, {
          method: "POST",
          // The token in a header and no body: there is nothing to take apart on the other side.
          headers: {
            Accept: "application/json",
            "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
            "X-Sent-At": Math.round(now()),
          },
          signal: AbortSignal.timeout(SLOWEST),
        });
        status = answer.status;
        told = await answer.json();
      } catch {
        // Lost on the way there or back: sending it again gives the same place.
      }
      const isRefused = status >= 400 && status < 500 && !(status === 409 && told);
      failures = status >= 500 && !told?.text ? failures + 1 : 0;
      if (status === 200 || isRefused || failures > PATIENCE) {
        location.reload();
        return;
      }
      if (status === 409) {
        clearInterval(telling);
        isSending = false;
        said.textContent = told.title;
        button.removeAttribute("aria-busy");
        return;
      }
      clearInterval(telling);
      if (told?.text) {
        said.textContent = told.text;
        pause = told.again_in * 1000;
      } else {
        said.textContent = status ? card.dataset.failed : card.dataset.again;
        pause = Math.min(pause * 2, 8000);
      }
      await new Promise((done) => setTimeout(done, pause * (0.8 + Math.random() * 0.4)));
      telling = setInterval(sending, 1000);
    }
  }
}

function spell(seconds, word) {
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const rest = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days ? `${days} ${word} ${rest}` : rest;
}

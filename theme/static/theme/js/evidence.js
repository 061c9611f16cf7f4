/* Tells the server how long somebody was here and what was played, and keeps it while the line is lost.

   Time counts while the page is seen and its reader does something now and then, or a video or recording plays. The
   server believes no more of it than its own clock allows, and hears what is sent twice only once. Of a topic in several
   forms, time with its reading or slides is told apart: that of the one which fills most of the window. */

const EVERY = 30_000;
const TICK = 1_000;
const AWAKE = 90_000;
const KEPT = "beats:";
const SIGNS = ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "wheel"];

export function reportEvidence(player, lesson, place) {
  const page = new Page(player, place);
  watchMedia(lesson, page);
  // Another form of a topic brings media of its own.
  document.addEventListener("htmx:load", ({ detail }) => lesson.contains(detail.elt) && watchMedia(detail.elt, page));
  listenToSigns(page);
  setInterval(() => page.tick(), TICK);
  setInterval(() => page.report(), EVERY);
  document.addEventListener("visibilitychange", () => document.hidden && page.report(true));
  addEventListener("pagehide", () => page.report(true));
  addEventListener("online", () => page.send());
  player.addEventListener("click", (event) => seekTo(event, lesson));
  sendWhatOthersKept(player);
}

class Page {
  constructor(player, place) {
    this.player = player;
    this.place = place;
    this.key = `${KEPT}${player.dataset.place}:${Date.now().toString(36)}`;
    this.kept = { url: player.dataset.beatsUrl, ticket: player.dataset.ticket, position: 0, beats: [] };
    this.asks = "asks" in player.dataset;
    this.number = 0;
    this.seconds = 0;
    this.played = [];
    this.read = new Map();
    this.lesson = player.querySelector("[data-lesson]");
    this.playing = new Set();
    this.signedAt = performance.now();
    this.tickedAt = performance.now();
  }

  tick() {
    const now = performance.now();
    const went = Math.min((now - this.tickedAt) / 1000, 5);
    this.tickedAt = now;
    const isHere = !document.hidden && now - this.signedAt < AWAKE;
    if (this.playing.size || isHere) this.seconds += went;
    if (isHere && !this.playing.size) this.noteReading(went);
  }

  noteReading(went) {
    let most = 0;
    let key = null;
    for (const panel of this.lesson.querySelectorAll("[data-topic] > :is([data-panel=reading], [data-panel=slides]):not([hidden], template)")) {
      const { top, bottom } = panel.getBoundingClientRect();
      const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
      if (seen > most) {
        most = seen;
        key = `${panel.parentElement.dataset.topic}:${panel.dataset.panel}`;
      }
    }
    if (key) this.read.set(key, (this.read.get(key) ?? 0) + went);
  }

  /** Puts what was seen since the last time into a beat, keeps it on this device, and sends. */
  report(isLeaving = false) {
    this.tick();
    for (const close of this.playing) close();
    if (this.seconds < 1 && !this.played.length) return;
    this.number += 1;
    const seconds = Number(this.seconds.toFixed(1));
    const read = [...this.read].map(([key, time]) => {
      const [topic, form] = key.split(":");
      return { topic, form, seconds: Number(time.toFixed(1)) };
    });
    this.kept.beats.push({ number: this.number, seconds, played: this.played.splice(0, 100), read: read.slice(0, 20) });
    this.kept.position = Number(this.place().toFixed(4));
    this.seconds = 0;
    this.read.clear();
    write(this.key, JSON.stringify(this.kept));
    this.send(isLeaving);
  }

  async send(isLeaving = false) {
    const answer = await post(this.kept, isLeaving);
    if (!answer) return;
    this.kept.beats = this.kept.beats.filter((beat) => beat.number > answer.heard);
    if (this.kept.beats.length) write(this.key, JSON.stringify(this.kept));
    else forget(this.key);
    if (this.asks && answer.is_enough) {
      this.asks = false;
      document.dispatchEvent(new CustomEvent("activity:changed"));
    }
  }
}

/** Sends; the answer, or nothing when it is to be sent again later. What the server will never take counts as heard. */
async function post(kept, isLeaving) {
  if (!kept.beats.length) return null;
  const beats = kept.beats.slice(0, 400);
  try {
    const answer = await fetch(kept.url, {
      method: "POST",
      keepalive: isLeaving,
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify({ ticket: kept.ticket, position: kept.position, beats }),
    });
    if (answer.ok) return await answer.json();
    // Refused as another's (403) it waits for its owner, who may share this device; after some days its ticket is void.
    return [409, 422].includes(answer.status) ? { heard: beats.at(-1).number, is_enough: false } : null;
  } catch {
    return null;
  }
}

function token() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : (document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
}

/** Notes the stretches that really play: a jump or another speed begins a new one. */
function watchMedia(lesson, page) {
  for (const media of lesson.querySelectorAll("[data-media]")) {
    media.closest("figure")?.setAttribute("id", `medium-${media.dataset.media}`);
    let from = null;
    let last = 0;
    let speed = 1;
    const close = () => {
      if (from !== null && last - from > 0.3) {
        const round = (value) => Number(value.toFixed(1));
        page.played.push({ medium: media.dataset.media, start: round(from), end: round(last), speed });
      }
      from = media.paused || media.seeking ? null : media.currentTime;
      last = media.currentTime;
      speed = media.playbackRate;
    };
    const stop = () => {
      close();
      from = null;
      page.playing.delete(close);
    };
    media.addEventListener("playing", () => {
      close();
      from = last = media.currentTime;
      speed = media.playbackRate;
      page.playing.add(close);
    });
    media.addEventListener("timeupdate", () => {
      if (from === null || media.seeking) return;
      // The clock of a browser ticks four times a second: more than that is a jump.
      if (media.currentTime - last > 2 * Math.max(1, speed) || media.currentTime < last) close();
      last = media.currentTime;
    });
    for (const name of ["seeking", "ratechange"]) media.addEventListener(name, close);
    media.addEventListener("waiting", stop);
    for (const name of ["pause", "ended"]) {
      media.addEventListener(name, () => {
        stop();
        page.report();
      });
    }
  }
}

function listenToSigns(page) {
  const awake = () => {
    page.signedAt = performance.now();
  };
  for (const name of SIGNS) document.addEventListener(name, awake, { passive: true, capture: true });
}

/** A link to what is still unseen goes on there. */
function seekTo(event, lesson) {
  const link = event.target.closest("[data-seek]");
  const medium = link && lesson.querySelector(`${link.hash} [data-media]`);
  if (!medium) return;
  event.preventDefault();
  medium.closest("figure").scrollIntoView({ block: "center" });
  medium.currentTime = Number(link.dataset.seek);
  medium.focus();
  medium.play().catch(() => {});
}

/** Other pages that lost the line, or were closed before an answer came, left here what they had seen. */
async function sendWhatOthersKept(player) {
  const own = player.dataset.ticket;
  let keys = [];
  try {
    keys = Object.keys(localStorage).filter((key) => key.startsWith(KEPT));
  } catch {
    return;
  }
  for (const key of keys) {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(key));
    } catch {
      forget(key);
    }
    if (!kept || kept.ticket === own) continue;
    const answer = await post(kept, false);
    if (answer) forget(key);
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* A browser that keeps nothing sends what it can. */
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    /* Nothing was kept. */
  }
}

/* Videos and recordings in a lesson: quality, speed, captions and place are remembered, and data is saved on request.

   Without this module the browser plays the smallest file with its own controls. With it, sizes that adapt to the line
   come through HLS; the player for it is fetched only when somebody presses play and needs it. */

const NATIVE = "application/vnd.apple.mpegurl";
const STEP = 10;

export function bind(figure) {
  const media = figure.querySelector("video, audio");
  const bar = figure.querySelector("[data-media-bar]");
  if (!media) return;
  const source = media.querySelector("source");
  const player = { figure, media, source: source.src, quality: bar?.querySelector("[data-quality]"), hls: null, asked: null };
  rememberPlace(media);
  rememberCaptions(media);
  if (bar) {
    bar.hidden = false;
    bindSpeed(player, bar.querySelector("[data-speed]"));
    if (player.quality) bindQuality(player);
    bindStrip(player, bar.querySelector("[data-strip]"));
  }
  media.addEventListener("keydown", (event) => press(event, media, bar));
}

/* Quality */

function bindQuality(player) {
  const { media, quality } = player;
  choose(player);
  quality.addEventListener("change", () => {
    write("media-quality", quality.value);
    change(player);
  });
  // The first press on the browser's own button: what was chosen takes the place of the smallest file.
  media.addEventListener("play", () => {
    if (player.asked !== quality.value) change(player, { play: true });
  });
  addEventListener("datasaving", () => {
    choose(player);
    if (player.asked !== null) change(player);
  });
}

/** What was chosen the last time, or the nearest thing that this one has; the lightest when data is to be saved. */
function choose({ quality, media }) {
  const values = [...quality.options].map((option) => option.value);
  const lightest = media.localName === "audio" ? "audio" : "240p";
  const kept = read("media-quality");
  const wanted = isSaving() ? [kept === "audio" ? kept : lightest] : [kept, "auto", "full"];
  quality.value = wanted.find((value) => values.includes(value)) ?? values[0];
}

async function change(player, { play = !player.media.paused } = {}) {
  const { media, quality } = player;
  const chosen = quality.selectedOptions[0];
  const at = media.currentTime;
  player.asked = quality.value;
  media.pause();
  player.hls?.destroy();
  player.hls = null;
  const { file, playlist } = chosen.dataset;
  if (file) {
    media.src = file;
  } else if (media.canPlayType(NATIVE) && !("MediaSource" in window)) {
    media.src = playlist;
  } else {
    try {
      await attach(player, playlist, at);
    } catch {
      // The player could not be fetched or does not run here: the smallest file plays everywhere.
      media.src = player.source;
    }
  }
  if (at > 1 && !player.hls) media.addEventListener("loadedmetadata", () => (media.currentTime = at), { once: true });
  if (play) await media.play().catch(() => {});
}

async function attach(player, playlist, at) {
  const { default: Hls } = await import("../../vendor/hls/hls.light.min.mjs");
  if (!Hls.isSupported()) throw new Error("no HLS");
  const hls = new Hls({
    startPosition: at > 1 ? at : -1,
    // Nothing is fetched that will not be shown: no more lines than the picture has, no more than twenty seconds ahead.
    capLevelToPlayerSize: true,
    startLevel: 0,
    maxBufferLength: 20,
    maxMaxBufferLength: 40,
    // A worker would be started from a blob, which the page's policy forbids.
    enableWorker: false,
  });
  player.hls = hls;
  hls.on(Hls.Events.ERROR, (_, { fatal, type }) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.NETWORK_ERROR) setTimeout(() => player.hls === hls && hls.startLoad(), 3000);
    else if (type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
  });
  player.media.removeAttribute("src");
  hls.attachMedia(player.media);
  hls.loadSource(new URL(playlist, location.href).href);
}

/* Speed */

function bindSpeed({ media }, speed) {
  if (!speed) return;
  const kept = read("media-speed");
  if ([...speed.options].some((option) => option.value === kept)) speed.value = kept;
  const apply = () => (media.playbackRate = media.defaultPlaybackRate = Number(speed.value));
  apply();
  media.addEventListener("loadedmetadata", apply);
  speed.addEventListener("change", () => {
    write("media-speed", speed.value);
    apply();
  });
}

/* Saving data */

export function isSaving() {
  const kept = read("data-saving");
  return kept === null ? Boolean(navigator.connection?.saveData) : kept === "1";
}

export function bindSaving(box) {
  box.checked = isSaving();
  tellServer(box.checked);
  box.addEventListener("change", () => {
    write("data-saving", box.checked ? "1" : "0");
    tellServer(box.checked);
    dispatchEvent(new Event("datasaving"));
  });
}

/** The server draws the light form of a topic first for whoever saves data. */
function tellServer(isSaved) {
  document.cookie = `data_saving=${isSaved ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
}

/* Small pictures to find one's place with: fetched when somebody opens them. */

function bindStrip({ media }, strip) {
  strip?.addEventListener("toggle", () => {
    const list = strip.querySelector("[data-strip-list]");
    if (!strip.open || list.childElementCount) return;
    const { src, count, columns, seconds, width, height } = strip.dataset;
    for (let number = 0; number < Number(count); number += 1) {
      const at = number * Number(seconds);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "media-strip__still";
      button.ariaLabel = button.title = clock(at);
      button.style.width = `${width}px`;
      button.style.height = `${height}px`;
      button.style.backgroundImage = `url("${src}")`;
      button.style.backgroundPosition = `-${(number % Number(columns)) * Number(width)}px -${Math.floor(number / Number(columns)) * Number(height)}px`;
      button.append(Object.assign(document.createElement("span"), { textContent: clock(at) }));
      button.addEventListener("click", () => go(media, at));
      list.append(button);
    }
  });
}

async function go(media, at) {
  if (media.readyState === 0) await media.play().catch(() => {});
  if (media.readyState > 0) media.currentTime = at;
  else media.addEventListener("loadedmetadata", () => (media.currentTime = at), { once: true });
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/* Place and captions */

function rememberPlace(media) {
  const key = `media:${media.dataset.media}`;
  let restored = false;
  media.addEventListener("loadedmetadata", () => {
    const kept = Number(read(key));
    if (!restored && kept > 2 && kept < media.duration - 5 && media.currentTime < 1) media.currentTime = kept;
    restored = true;
  });
  let last = 0;
  const keep = () => {
    if (!restored || Math.abs(media.currentTime - last) < 2) return;
    last = media.currentTime;
    write(key, media.ended ? 0 : last.toFixed(1));
  };
  for (const name of ["timeupdate", "pause", "ended"]) media.addEventListener(name, keep);
}

/** Lets another medium go on here when it is opened. */
export function keepPlace(id, at) {
  write(`media:${id}`, at.toFixed(1));
}

function rememberCaptions(media) {
  const tracks = [...media.textTracks];
  if (!tracks.length) return;
  const kept = read("media-captions");
  if (kept !== null) for (const track of tracks) track.mode = track.language === kept ? "showing" : "disabled";
  media.textTracks.addEventListener("change", () => {
    write("media-captions", tracks.find((track) => track.mode === "showing")?.language ?? "");
  });
}

/* Keys, beside those that browsers know themselves */

function press(event, media, bar) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const speed = bar?.querySelector("[data-speed]");
  const actions = {
    j: () => (media.currentTime -= STEP),
    l: () => (media.currentTime += STEP),
    k: () => (media.paused ? media.play() : media.pause()),
    m: () => (media.muted = !media.muted),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : media.requestFullscreen?.()),
    c: () => toggleCaptions(media),
    "<": () => step(speed, -1),
    ">": () => step(speed, 1),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function toggleCaptions(media) {
  const tracks = [...media.textTracks];
  const shown = tracks.find((track) => track.mode === "showing");
  if (shown) shown.mode = "disabled";
  else if (tracks.length) (tracks.find((track) => track.language === document.documentElement.lang) ?? tracks[0]).mode = "showing";
}

function step(speed, by) {
  if (!speed) return;
  const index = Math.min(Math.max(speed.selectedIndex + by, 0), speed.options.length - 1);
  if (index === speed.selectedIndex) return;
  speed.selectedIndex = index;
  speed.dispatchEvent(new Event("change"));
}

/* What is kept, on this device */

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* A browser that keeps nothing asks again the next time. */
  }
}

/* What is said, line by line out of the captions: it can be searched, follows the video, and leads to a place in it.

   The captions are fetched when somebody opens the transcript. */

export function bind(details) {
  const media = details.closest("figure")?.querySelector("video, audio");
  const element = pick(media);
  if (!element) return;
  details.addEventListener("toggle", () => details.open && load(details, media, element), { once: true });
}

/** The captions in the language of the text, otherwise the first. */
function pick(media) {
  const tracks = [...(media?.querySelectorAll("track") ?? [])];
  return tracks.find((track) => track.default) ?? tracks[0];
}

function load(details, media, element) {
  const { track } = element;
  // Captions that are switched off are not fetched; hidden ones are, and stay out of sight.
  if (track.mode === "disabled") track.mode = "hidden";
  if (track.cues?.length) show(details, media, track);
  else element.addEventListener("load", () => show(details, media, track), { once: true });
}

function show(details, media, track) {
  const list = details.querySelector("[data-transcript-cues]");
  const search = details.querySelector("[data-transcript-search]");
  const lines = [...track.cues].map((cue) => {
    const line = document.createElement("li");
    const go = document.createElement("button");
    go.type = "button";
    go.textContent = clock(cue.startTime);
    const words = document.createElement("span");
    words.textContent = cue.getCueAsHTML().textContent;
    line.append(go, " ", words);
    go.addEventListener("click", () => jump(media, cue.startTime));
    list.append(line);
    return { cue, line, words, text: words.textContent };
  });
  list.lang = track.language;
  list.hidden = search.hidden = false;
  details.querySelector("[data-transcript-text]")?.remove();

  const found = details.querySelector("[data-transcript-found]");
  search.querySelector("input").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    let count = 0;
    for (const { line, words, text } of lines) {
      const at = wanted ? text.toLowerCase().indexOf(wanted) : -1;
      line.hidden = Boolean(wanted) && at < 0;
      words.textContent = text;
      if (at < 0) continue;
      count += 1;
      const mark = document.createElement("mark");
      const range = document.createRange();
      range.setStart(words.firstChild, at);
      range.setEnd(words.firstChild, at + wanted.length);
      range.surroundContents(mark);
    }
    found.textContent = wanted ? (count || found.dataset.none) : "";
  });

  media.addEventListener("timeupdate", () => {
    for (const { cue, line } of lines) {
      const isSaid = media.currentTime >= cue.startTime && media.currentTime < cue.endTime;
      if (isSaid) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  });
}

async function jump(media, at) {
  if (media.readyState === 0) await media.play().catch(() => {});
  if (media.readyState > 0) media.currentTime = at;
  else media.addEventListener("loadedmetadata", () => (media.currentTime = at), { once: true });
  if (media.paused) media.play().catch(() => {});
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

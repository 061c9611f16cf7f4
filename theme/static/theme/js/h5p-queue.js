/* What is done in interactive content, on its way to the server: kept on the device until the server has it.

   Everything has an id, so that sending it twice does no harm. A state takes the place of the one before it. */

const RETRY = [2, 5, 15, 30, 60];
const MOST_AT_ONCE = 50;
const MOST_TEXT = 700_000;
const MOST_WAITING = 400;
const DELAY = { viewed: 200, finished: 200, state: 3000, statement: 3000 };

export class Queue {
  #place;
  #address;
  #token;
  #tell;
  #key;
  #waiting = [];
  #underWay = new Set();
  #sending = null;
  #timer = 0;
  #due = Infinity;
  #failures = 0;
  #isLeaving = false;
  #isOver = false;

  /** `tell(what, text)` hears "saved", "news", "waiting", "signed-out", "refused" and "gone". */
  constructor(place, address, token, tell) {
    this.#place = `h5p:${place}:`;
    this.#address = address;
    this.#token = token;
    this.#tell = tell;
    this.#key = this.#place + uuid();
    this.#adopt();
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
    addEventListener("beforeunload", () => this.#leave());
    addEventListener("pagehide", () => this.#leave());
  }

  put(entry) {
    if (this.#isOver) return;
    const made = { ...entry, id: uuid(), made: Date.now(), address: this.#address };
    if (made.kind === "state") {
      this.#waiting = this.#waiting.filter(
        (other) => !(isSameState(other, made) && other.address === made.address && !this.#underWay.has(other.id)),
      );
    }
    this.#waiting.push(made);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.splice(this.#waiting.findIndex(({ kind }) => kind === "statement"), 1);
    this.#write();
    if (this.#isLeaving) this.#beacon([made]);
    else this.#schedule(DELAY[made.kind]);
  }

  /** Sends what waits; resolves when all is sent or a try has failed. */
  flush() {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #send() {
    clearTimeout(this.#timer);
    this.#due = Infinity;
    while (this.#waiting.length && !this.#isOver) {
      const batch = this.#batch();
      this.#underWay = new Set(batch.map(({ id }) => id));
      let answer = null;
      try {
        answer = await fetch(batch[0].address, {
          method: "POST",
          body: this.#body(batch),
          headers: { Accept: "application/json" },
          signal: AbortSignal.timeout(30_000),
        });
        if (answer.ok && !answer.redirected) await this.#taken(batch, await answer.json());
      } catch {
        answer = null;
      }
      this.#underWay.clear();
      if (answer?.ok && !answer.redirected) continue;
      if (await this.#declined(batch, answer)) continue;
      return;
    }
  }

  async #taken(batch, { is_news: isNews }) {
    this.#failures = 0;
    this.#drop(batch);
    this.#tell("saved");
    if (isNews) this.#tell("news");
  }

  /** What could not be sent waits; what will never be taken goes. True: the rest can be sent at once. */
  async #declined(batch, answer) {
    if (answer?.redirected || answer?.status === 403) {
      this.#tell("signed-out");
      return false;
    }
    if (!answer || answer.status >= 500 || answer.status === 429) {
      this.#tell("waiting");
      this.#schedule(1000 * RETRY[Math.min(this.#failures++, RETRY.length - 1)]);
      return false;
    }
    this.#drop(batch);
    if (batch[0].address !== this.#address) return true;
    this.#isOver = true;
    const problem = answer.status === 409 ? await answer.json().catch(() => ({})) : {};
    this.#tell(problem.title ? "refused" : "gone", problem.title);
    return false;
  }

  #batch() {
    const { address } = this.#waiting[0];
    const batch = [];
    let length = 0;
    for (const entry of this.#waiting) {
      if (entry.address !== address || batch.length === MOST_AT_ONCE) continue;
      length += JSON.stringify(entry).length;
      if (batch.length && length > MOST_TEXT) break;
      batch.push(entry);
    }
    return batch;
  }

  #body(entries) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.#token);
    for (const { made, address, ...entry } of entries) {
      // How long ago it was: the device's clock may be wrong, but not by how much it went on.
      body.append("entry", JSON.stringify({ ...entry, age: Math.max(0, (Date.now() - made) / 1000) }));
    }
    return body;
  }

  #drop(entries) {
    const ids = new Set(entries.map(({ id }) => id));
    this.#waiting = this.#waiting.filter(({ id }) => !ids.has(id));
    this.#write();
  }

  #schedule(delay) {
    const due = Date.now() + delay;
    if (due >= this.#due && this.#due > Date.now()) return;
    this.#due = due;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), delay);
  }

  /** The page goes away: what can still be sent is sent, and all of it stays here until it is known to have arrived. */
  #leave() {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    setTimeout(() => (this.#isLeaving = false), 3000);
    this.#beacon(this.#waiting.filter(({ id, address }) => address === this.#address && !this.#underWay.has(id)));
  }

  #beacon(entries) {
    if (entries.length && !this.#isOver) navigator.sendBeacon(this.#address, this.#body(entries));
  }

  /** Takes over what an earlier visit could not send. */
  #adopt() {
    try {
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith(this.#place))) {
        this.#waiting.push(...JSON.parse(localStorage.getItem(key)));
        localStorage.removeItem(key);
      }
    } catch {
      /* A device that keeps nothing has nothing to take over. */
    }
    this.#write();
  }

  #write() {
    try {
      if (this.#waiting.length) localStorage.setItem(this.#key, JSON.stringify(this.#waiting));
      else localStorage.removeItem(this.#key);
    } catch {
      /* A full or forbidden store: it is still sent, only not kept when the page is closed. */
    }
  }
}

function isSameState(one, other) {
  return one.kind === "state" && one.type === other.type && one.sub === other.sub;
}

/** Random, and made where crypto.randomUUID is not: a ministry's own network may be without a certificate. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

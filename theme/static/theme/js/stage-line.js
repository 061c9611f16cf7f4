/* The line to the server: messages in their order, one at a time, kept and sent again when the line is lost. */

const QUIET = 800;
const TICK = 30_000;
const LONGEST_WAIT = 30_000;
const LARGEST_PARTING = 60_000;

export class Line {
  constructor(address, tell) {
    this.address = address;
    this.tell = tell;
    this.number = 0;
    this.waiting = [];
    this.isSending = false;
    this.isOver = !address;
    this.isLeaving = false;
    this.tries = 0;
    this.timer = 0;
    this.seconds = 0;
    this.seenSince = document.hidden ? 0 : performance.now();
    if (this.isOver) return;
    setInterval(() => document.hidden || this.put({}), TICK);
    addEventListener("online", () => this.#send());
    document.addEventListener("visibilitychange", () => {
      this.#count();
      if (document.hidden) this.#send();
    });
  }

  /** Takes something to be kept. What was not sent yet goes with it, the newer over the older. */
  put(part) {
    if (this.isOver) return;
    const last = this.waiting.at(-1);
    // Only what says of another item, or after an end, must stand by itself.
    const joins = last && !last.body && !last.ended && (!part.item || !last.item || part.item === last.item);
    if (joins) Object.assign(last, part);
    else this.waiting.push({ ...part });
    if (this.isLeaving) {
      this.#part();
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#send(), part.ended || part.state ? 0 : QUIET);
  }

  /** The window goes away: what is left is given to the browser, which sends it after the window is gone. */
  leave() {
    this.isLeaving = true;
    this.#part();
  }

  /** Resolves when all is sent, or cannot be. */
  async settle() {
    for (let round = 0; round < 20 && this.waiting.length && !this.isOver; round += 1) {
      await this.#send();
      if (this.waiting.length) await new Promise((wake) => setTimeout(wake, 150));
    }
  }

  #count() {
    if (this.seenSince) this.seconds += (performance.now() - this.seenSince) / 1000;
    this.seenSince = document.hidden ? 0 : performance.now();
  }

  /** The message as it goes out; from then on nothing is added to it, so that sending it twice says the same. */
  #body(message) {
    if (!message.body) {
      this.#count();
      this.number += 1;
      message.body = JSON.stringify({ ...message, number: this.number, seconds: Math.round(this.seconds * 10) / 10 });
      this.seconds = 0;
    }
    return message.body;
  }

  async #send() {
    if (this.isSending || this.isOver || !this.waiting.length) return;
    this.isSending = true;
    this.tell("saving");
    while (this.waiting.length && !this.isOver) {
      const message = this.waiting[0];
      const answer = await this.#ask(this.#body(message));
      if (answer === "again") break;
      this.tries = 0;
      if (this.waiting[0] === message) this.waiting.shift();
    }
    this.isSending = false;
    if (this.isOver) return;
    if (!this.waiting.length) {
      this.tell("saved");
      return;
    }
    this.tries += 1;
    this.tell("waiting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#send(), Math.min(1000 * 2 ** this.tries, LONGEST_WAIT));
  }

  async #ask(body) {
    let answer;
    try {
      answer = await fetch(this.address, {
        method: "POST",
        body,
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        credentials: "omit",
        keepalive: body.length < LARGEST_PARTING,
      });
    } catch {
      return "again";
    }
    if (answer.ok) return "kept";
    if (answer.status >= 500 || answer.status === 429) return "again";
    const { code } = await answer.json().catch(() => ({}));
    this.isOver = true;
    this.tell(code === "opened_elsewhere" ? "elsewhere" : "refused");
    return "refused";
  }

  #part() {
    if (this.isOver) return;
    while (this.waiting.length) {
      const body = this.#body(this.waiting[0]);
      // The server knows a message by its number: one that is under way may come twice.
      if (!navigator.sendBeacon(this.address, new Blob([body], { type: "text/plain" }))) break;
      this.waiting.shift();
    }
  }
}

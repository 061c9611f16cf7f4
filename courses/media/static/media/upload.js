/* Sends a video in parts straight to the storage while its form is filled in; goes on after a pause, a break or a reload.

   Which parts have arrived is asked of the server, so nothing is lost that the storage has. Without this module the
   file goes with the form, as files do. */

const AT_ONCE = 2;
const MOST_WAIT = 30_000;

for (const box of document.querySelectorAll("[data-media-upload]")) bind(box);

function bind(box) {
  const form = box.closest("form");
  const file = form?.querySelector("input[type=file][name=file]");
  const key = form?.querySelector("input[name=upload]");
  if (!file || !key) return;
  const part = (name) => box.querySelector(`[data-upload-${name}]`);
  const view = { box, progress: part("progress"), state: part("state"), pause: part("pause"), cancel: part("cancel") };
  let sending = null;

  file.addEventListener("change", () => {
    sending?.stop();
    const [chosen] = file.files;
    if (!chosen) return;
    const kind = form.querySelector("[name=kind]");
    // The device knows most files; whoever chose a kind before knows better.
    if (kind && !kind.value) kind.value = chosen.type.startsWith("audio/") ? "audio" : "video";
    // A small file goes with the form in the time that asking would take.
    if (chosen.size < 6 * 1024 * 1024) {
      box.hidden = true;
      return;
    }
    key.value = "";
    sending = new Sending(chosen, kind, form, view, (done) => {
      key.value = done;
      // The file is there already: it must not be sent once more with the form.
      file.value = "";
      file.required = false;
    });
    sending.go();
  });
  view.pause.addEventListener("click", () => sending?.toggle());
  view.cancel.addEventListener("click", () => {
    sending?.stop();
    sending = null;
    file.value = "";
    box.hidden = true;
  });
  // Saved before the last part is there, the form would send all of the file once more.
  form.addEventListener("submit", (event) => {
    if (!sending || key.value) return;
    event.preventDefault();
    view.state.textContent = box.dataset.wait;
    view.box.scrollIntoView({ block: "center" });
  });
  addEventListener("beforeunload", (event) => {
    if (sending?.isRunning) event.preventDefault();
  });
}

class Sending {
  constructor(file, kind, form, view, done) {
    Object.assign(this, { file, kind, form, view, done, sent: new Map(), requests: new Set() });
    this.memory = `upload:${file.name}:${file.size}:${file.lastModified}`;
    this.isRunning = false;
    this.turn = 0;
  }

  get token() {
    return this.form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  async go() {
    const turn = ++this.turn;
    const { box } = this.view;
    box.hidden = false;
    this.isRunning = true;
    this.show(box.dataset.sending);
    for (let failures = 0; turn === this.turn; ) {
      try {
        this.upload ??= (await this.known()) ?? (await this.begin());
        await this.sendAll(turn);
        if (turn !== this.turn) return;
        const { key } = await this.ask(`${this.upload.key}/join/`, new FormData());
        localStorage.removeItem(this.memory);
        this.isRunning = false;
        this.show(box.dataset.done);
        this.view.pause.hidden = this.view.cancel.hidden = true;
        this.done(key);
        return;
      } catch (error) {
        if (turn !== this.turn) return;
        if (error.refusal) {
          this.stop();
          this.show(error.refusal);
          return;
        }
        // The line, the storage or a server is away for a while: what has arrived stays.
        failures += 1;
        this.show(box.dataset.broken);
        await new Promise((resolve) => setTimeout(resolve, Math.min(1000 * 2 ** failures, MOST_WAIT)));
        this.upload = null;
        if (turn === this.turn) this.show(box.dataset.sending);
      }
    }
  }

  toggle() {
    if (this.isRunning) {
      this.stop();
      this.show(this.view.box.dataset.paused);
    } else this.go();
  }

  stop() {
    this.turn += 1;
    this.isRunning = false;
    this.upload = null;
    for (const request of this.requests) request.abort();
    this.requests.clear();
  }

  /** The upload of this very file that was begun before, in this browser. */
  async known() {
    const key = localStorage.getItem(this.memory);
    if (!key) return null;
    const answer = await fetch(`${this.view.box.dataset.mediaUpload}${key}/`, { headers: { Accept: "application/json" } });
    if (answer.ok) return answer.json();
    if (answer.status === 404) localStorage.removeItem(this.memory);
    else throw new Error(`${answer.status}`);
    return null;
  }

  async begin() {
    const body = new FormData();
    body.set("kind", this.kind?.value || "video");
    body.set("filename", this.file.name);
    body.set("size", this.file.size);
    const upload = await this.ask("", body);
    localStorage.setItem(this.memory, upload.key);
    return upload;
  }

  async ask(path, body) {
    body.set("csrfmiddlewaretoken", this.token);
    const answer = await fetch(this.view.box.dataset.mediaUpload + path, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
    });
    const said = await answer.json();
    if (answer.ok) return said;
    throw Object.assign(new Error(`${answer.status}`), { refusal: [409, 422].includes(answer.status) && !path.includes("join") ? said.title : "" });
  }

  async sendAll(turn) {
    const { upload, file } = this;
    const count = Math.ceil(file.size / upload.part_size);
    this.sent = new Map(upload.arrived.map((number) => [number, this.part(number).size]));
    const missing = [];
    for (let number = 1; number <= count; number += 1) if (!this.sent.has(number)) missing.push(number);
    this.progress();
    const send = async () => {
      while (missing.length && turn === this.turn) await this.send(missing.shift());
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
  }

  part(number) {
    const { part_size: size } = this.upload;
    return this.file.slice((number - 1) * size, number * size);
  }

  async send(number) {
    const { address } = await this.ask(`${this.upload.key}/parts/${number}/`, new FormData());
    await new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.requests.add(request);
      request.open("PUT", address);
      request.upload.addEventListener("progress", (event) => {
        this.sent.set(number, event.loaded);
        this.progress();
      });
      const end = (settle, value) => () => {
        this.requests.delete(request);
        settle(value);
      };
      request.addEventListener("load", () => (request.status < 300 ? end(resolve)() : end(reject, new Error(`${request.status}`))()));
      for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, end(reject, new Error(name)));
      request.send(this.part(number));
    });
  }

  progress() {
    const sent = [...this.sent.values()].reduce((sum, size) => sum + size, 0);
    const percent = Math.min(Math.floor((sent / this.file.size) * 100), 100);
    this.view.progress.value = percent;
    this.view.box.querySelector("[data-upload-percent]").textContent = `${percent} %`;
  }

  show(text) {
    const { box, state, pause } = this.view;
    state.textContent = text;
    pause.textContent = this.isRunning ? box.dataset.pause : box.dataset.resume;
    pause.hidden = this.view.cancel.hidden = false;
  }
}

/* Plays cmi5: each unit is opened by the server, speaks with it by itself, and is looked at from here now and then. */

import { walk } from "./stage-contents.js";

const EVERY = 8000;

export class Cmi5 {
  constructor(data, line, content, contents) {
    Object.assign(this, { data, line, content, contents });
    this.units = [...walk(data.course)].filter((node) => node.launch !== undefined);
    this.standings = data.states;
    this.current = null;
    this.opening = 0;
    contents.listen((id) => this.open(id), (step) => this.open(this.#beside(step).id));
    addEventListener("message", (event) => {
      if (event.origin !== location.origin || event.data?.package !== "returned") return;
      this.content.say(data.words.ended);
      this.#look();
    });
    if (data.standings) setInterval(() => document.hidden || this.#look(), EVERY);
  }

  begin() {
    if (!this.data.launch) {
      this.content.say(this.data.words.preview);
      this.#draw();
      return;
    }
    const wanted = this.units.find((unit) => unit.id === this.data.current) ?? this.units[0];
    this.open(wanted.id);
  }

  async open(id) {
    const unit = this.units.find((node) => node.id === id);
    this.content.clear();
    if (!this.data.launch) {
      this.begin();
      return;
    }
    this.current = unit;
    this.opening += 1;
    const turn = this.opening;
    this.#draw();
    const answer = await this.#ask(id);
    if (turn !== this.opening) return;
    if (!answer) this.content.say(this.data.words.failed_to_open);
    else if (answer.elsewhere) this.content.say(this.data.words.external, answer.address);
    else this.content.showAddress(answer.address, unit.title);
    this.#look();
  }

  /** Units end by themselves. */
  end() {}

  leave() {}

  async #ask(item) {
    try {
      const answer = await fetch(this.data.launch, { method: "POST", body: new URLSearchParams({ item }), credentials: "omit" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  async #look() {
    try {
      const answer = await fetch(this.data.standings, { credentials: "omit" });
      if (answer.ok) this.standings = await answer.json();
    } catch {
      // The next look finds it.
    }
    this.#draw();
  }

  #beside(step) {
    const place = this.units.indexOf(this.current);
    return this.units[step === "continue" ? place + 1 : place - 1];
  }

  #draw() {
    const { words } = this.data;
    const look = (id) => {
      const { completion, success } = this.standings[id] ?? {};
      const mark = success === "failed" ? words.failed : success === "passed" ? words.passed : completion === "completed" ? words.done : "";
      return { isOpen: true, isHidden: false, mark };
    };
    const way = (step) => ({ isOpen: Boolean(this.#beside(step)) });
    this.contents.draw(this.current?.id, look, { continue: way("continue"), previous: way("previous") });
  }
}

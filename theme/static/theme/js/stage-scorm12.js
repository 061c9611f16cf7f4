/* Plays SCORM 1.2: one part after the other, each by itself, in any order its prerequisites allow. */

import { walk } from "./stage-contents.js";

const DONE = new Set(["completed", "passed"]);

export class Scorm12 {
  constructor(data, line, content, contents) {
    Object.assign(this, { data, line, content, contents });
    this.parts = [...walk(data.course)].filter((node) => node.launch !== undefined);
    this.saved = new Map(Object.entries(data.states));
    this.current = null;
    this.api = new window.Scorm12API({
      ...SETTINGS,
      // A part that never says how far it is, is done when it has been opened and left: SCORM 1.2, lesson_status.
      autoCompleteLessonStatus: true,
      mastery_override: true,
      httpService: transport((values, hasEnded) => this.#keep(values.cmi, hasEnded)),
    });
    window.API = this.api;
    for (const event of ["LMSSetValue", "LMSCommit", "LMSFinish"]) this.api.on(event, () => queueMicrotask(() => this.#draw()));
    contents.listen((id) => this.open(id), (step) => this.#step(step));
  }

  begin() {
    const wanted = this.parts.find((node) => node.id === this.data.current) ?? this.#firstOpen();
    if (wanted) this.open(wanted.id);
    else this.content.say(this.data.words.nothing);
  }

  open(id) {
    this.content.clear();
    this.end();
    const node = this.parts.find((part) => part.id === id);
    this.current = node;
    const saved = this.saved.get(id);
    if (node.sco) this.#load(node, saved);
    else {
      this.saved.set(id, { ...saved, completion: "completed" });
      this.line.put({ item: id });
    }
    this.content.show(node.launch, node.title);
    this.#draw();
  }

  /** Ends the conversation for a part that did not do it itself. */
  end() {
    if (this.current?.sco && this.api.isInitialized()) this.api.LMSFinish("");
  }

  leave() {}

  #load(node, saved) {
    this.api.reset({}, { preserveListeners: true });
    const { exit, session_time, ...core } = saved?.cmi?.core ?? {};
    this.api.loadFromJSON(
      {
        ...(saved?.cmi ?? {}),
        core: {
          ...core,
          student_id: this.data.learner.id,
          student_name: this.data.learner.name,
          credit: "credit",
          lesson_mode: "normal",
          entry: !saved?.cmi ? "ab-initio" : saved.suspended ? "resume" : "",
        },
        launch_data: node.launch_data ?? "",
        student_data: {
          mastery_score: node.mastery_score === undefined ? "" : String(node.mastery_score),
          max_time_allowed: node.max_time_allowed ?? "",
          time_limit_action: node.time_limit_action ?? "",
        },
      },
      "cmi",
    );
  }

  #keep(cmi, hasEnded) {
    const suspended = !hasEnded || ["suspend", "logout"].includes(cmi.core.exit);
    this.saved.set(this.current.id, { cmi, suspended, ...standing(cmi.core.lesson_status) });
    this.line.put({ item: this.current.id, cmi, ended: hasEnded, suspended });
  }

  #standing(id) {
    if (id === this.current?.id && this.current.sco && this.api.isInitialized()) {
      return standing(this.api.cmi.core.lesson_status);
    }
    return this.saved.get(id) ?? {};
  }

  #isOpen(node) {
    return isMet(node.prerequisites ?? "", (id) => this.#standing(id));
  }

  #firstOpen() {
    return this.parts.find((node) => this.#isOpen(node) && !DONE.has(this.saved.get(node.id)?.completion)) ?? this.parts.find((node) => this.#isOpen(node));
  }

  #beside(step) {
    const place = this.parts.indexOf(this.current);
    return this.parts[step === "continue" ? place + 1 : place - 1];
  }

  #step(step) {
    const node = this.#beside(step);
    if (node) this.open(node.id);
  }

  #draw() {
    const { words } = this.data;
    const look = (id) => {
      const { completion, success } = this.#standing(id);
      const node = this.parts.find((part) => part.id === id);
      const mark = success === "failed" ? words.failed : success === "passed" ? words.passed : completion === "completed" ? words.done : "";
      return { isOpen: this.#isOpen(node), isHidden: Boolean(node.hidden), mark };
    };
    const way = (step) => ({ isOpen: Boolean(this.#beside(step) && this.#isOpen(this.#beside(step))) });
    this.contents.draw(this.current?.id, look, { continue: way("continue"), previous: way("previous") });
  }
}

/** How far and how it went, by the one status that SCORM 1.2 has for both. */
function standing(status) {
  return {
    completion: DONE.has(status) ? "completed" : status && status !== "not attempted" ? "incomplete" : "unknown",
    success: status === "passed" || status === "failed" ? status : "unknown",
  };
}

/** Whether prerequisites, in the script of AICC that SCORM 1.2 takes over, are met. What cannot be read bars nobody. */
export function isMet(script, standingOf) {
  const tokens = script.match(/[&|~()]|<>|=|"[^"]*"|[^\s&|~()=<>"]+/g) ?? [];
  if (!tokens.length) return true;
  let place = 0;
  const either = () => {
    let value = both();
    while (tokens[place] === "|") {
      place += 1;
      value = both() || value;
    }
    return value;
  };
  const both = () => {
    let value = one();
    while (tokens[place] === "&") {
      place += 1;
      value = one() && value;
    }
    return value;
  };
  const one = () => {
    const token = tokens[place];
    place += 1;
    if (token === "~") return !one();
    if (token === "(") {
      const value = either();
      place += 1;
      return value;
    }
    const { completion, success } = standingOf(token ?? "");
    const sign = tokens[place];
    if (sign !== "=" && sign !== "<>") return completion === "completed";
    const wanted = (tokens[place + 1] ?? "").replaceAll('"', "").toLowerCase();
    place += 2;
    const isSo = ["passed", "failed"].includes(wanted) ? success === wanted : (completion ?? "unknown") === wanted;
    return sign === "=" ? isSo : !isSo;
  };
  const value = either();
  return place < tokens.length ? true : value;
}

/** How `scorm-again` is set up for both SCORMs: it keeps through our line, and is silent about vendors' faults. */
export const SETTINGS = {
  lmsCommitUrl: "keep",
  autocommit: true,
  autocommitSeconds: 10,
  alwaysSendTotalTime: true,
  logLevel: 5,
  onLogMessage: () => {},
};

/** What `scorm-again` sends by: our line takes everything, keeps it in order and sends it when it can. */
export function transport(keep) {
  return {
    processHttpRequest(_address, values, hasEnded) {
      keep(values, Boolean(hasEnded));
      return { result: "true", errorCode: 0 };
    },
    updateSettings() {},
  };
}

/* Plays SCORM 2004: the rules of the package say what may be opened and what comes next; `scorm-again` obeys them. */

import { walk } from "./stage-contents.js";
import { SETTINGS, transport } from "./stage-scorm12.js";

const KEPT_AWAY = { continue: "continue", previous: "previous" };

export class Scorm2004 {
  constructor(data, line, content, contents) {
    Object.assign(this, { data, line, content, contents });
    this.nodes = new Map([...walk(data.course)].map((node) => [node.id, node]));
    this.saved = new Map(Object.entries(data.states));
    this.current = null;
    this.delivered = null;
    this.valid = { continue: false, previous: false, choice: {}, hideLmsUi: [] };
    this.request = "";
    this.hasEnded = false;
    this.#connect();
    contents.listen((id) => this.#go("choice", id), (step) => this.#go(step));
  }

  #connect() {
    this.api = new window.Scorm2004API({
      ...SETTINGS,
      httpService: transport((values, hasEnded) => this.#keep(values.cmi, hasEnded)),
      sequencing: {
        activityTree: activityOf(this.data.course),
        enableEventSystem: true,
        logLevel: "error",
        eventListeners: {
          onActivityDelivery: (activity) => this.#deliver(activity),
          onNavigationValidityUpdate: (valid) => (this.valid = valid),
          onSequencingSessionEnd: () => (this.hasEnded = true),
        },
      },
    });
    const { api } = this;
    const finish = api.Terminate;
    api.Terminate = (parameter) => this.#finished(() => finish.call(api, parameter));
    api.on("SetValue.cmi.*", () => queueMicrotask(() => this.#draw()));
    window.API_1484_11 = api;
  }

  /** The player ends for good when everything was exited; who goes on all the same needs another, which knows all. */
  #renew() {
    const state = this.api.serializeSequencingState();
    this.#connect();
    this.api.deserializeSequencingState(state);
    this.hasEnded = false;
  }

  begin() {
    const isUnderWay = (this.data.state && this.#resume()) || this.#ask("start");
    // Rules without a flow want the learner to choose: she begins with the first part that may be chosen.
    if (!isUnderWay) this.contents.openable.some(({ id }) => this.#ask("choice", id));
    this.#after();
  }

  /** Ends the conversation for a part that did not do it itself. */
  end() {
    if (this.api.isInitialized()) this.api.Terminate("");
  }

  /** The window is about to go: unless the part wants something else, everything is suspended as it is. */
  leave() {
    this.request ||= "suspendAll";
    this.#hand();
  }

  #resume() {
    this.api.deserializeSequencingState(this.data.state);
    // A window that was closed without a word has left its part open.
    if (this.api.getSequencingState().currentActivity) this.api.processNavigationRequest("suspendAll");
    this.hasEnded = false;
    return this.#ask("resumeAll");
  }

  #ask(request, target) {
    if (!this.api.getSequencingState().isInitialized) this.#renew();
    this.delivered = null;
    this.api.processNavigationRequest(request, target);
    return this.delivered !== null;
  }

  /** Leads elsewhere: the part that plays is taken away, and with its last words goes where to. */
  #go(request, target) {
    this.request = target ? `{target=${target}}${request}` : request;
    this.delivered = null;
    this.hasEnded = false;
    this.#hand();
    const wasTalking = this.api.isInitialized();
    this.content.clear();
    this.end();
    this.request = "";
    if (!wasTalking) this.#ask(request, target);
    this.#after();
  }

  #hand() {
    if (this.request && this.api.isInitialized()) this.api.adl.nav.request = this.request;
  }

  #finished(finish) {
    this.#hand();
    this.wish = this.api.adl.nav.request;
    this.delivered = null;
    const answer = finish();
    this.#keepRules();
    // What the part itself asked for is shown once it has said all it has to say.
    if (!this.request) setTimeout(() => this.#after());
    return answer;
  }

  /** Shows what the rules have delivered. */
  #after() {
    const activity = this.delivered;
    this.delivered = null;
    if (activity) this.#open(activity);
    else if (this.hasEnded) this.content.say(this.data.words.ended);
    else if (!this.content.frame && this.content.said.hidden) this.content.say(this.data.words.choose);
    this.#draw();
  }

  #deliver(activity) {
    this.delivered = activity;
  }

  #open(activity) {
    const node = this.nodes.get(activity.id);
    this.current = node;
    this.hasEnded = false;
    this.content.clear();
    const saved = this.saved.get(node.id);
    this.api.reset({}, { preserveListeners: true });
    const goesOn = Boolean(saved?.cmi && Object.keys(saved.cmi).length && (activity.deliveryWasResumed || saved.suspended));
    const { exit, session_time, ...cmi } = goesOn ? saved.cmi : {};
    this.api.loadFromJSON(
      {
        ...cmi,
        learner_id: this.data.learner.id,
        learner_name: this.data.learner.name,
        credit: "credit",
        mode: "normal",
        entry: goesOn ? "resume" : "ab-initio",
        launch_data: node.launch_data ?? "",
        time_limit_action: node.time_limit_action || "continue,no message",
      },
      "cmi",
    );
    if (!node.sco) this.saved.set(node.id, { ...saved, completion: "completed" });
    this.line.put({ item: node.id, ...this.#rules() });
    this.content.show(node.launch, node.title);
  }

  #keep(cmi, hasEnded) {
    const suspended = !hasEnded || ["suspend", "logout"].includes(cmi.exit) || this.wish === "suspendAll";
    this.saved.set(this.current.id, { cmi, suspended });
    this.line.put({ item: this.current.id, cmi, ended: hasEnded, suspended, whole: this.#whole() });
  }

  #keepRules() {
    this.line.put({ item: this.current?.id ?? "", ...this.#rules() });
  }

  /** Where the rules have led, and what they make of every part and of the whole. */
  #rules() {
    const activities = {};
    for (const { id } of this.contents.openable) {
      const said = this.#tracked(id);
      if (said) activities[id] = said;
    }
    return { state: this.api.serializeSequencingState(), activities, whole: this.#whole() };
  }

  #whole() {
    return this.#tracked(this.data.course.id) ?? {};
  }

  #tracked(id) {
    const known = this.api.getActivityTrackingData(id);
    return known && { completion: known.completionStatus, success: known.successStatus, scaled: known.score };
  }

  #draw() {
    const { words } = this.data;
    const look = (id) => {
      const { completion, success } = this.#tracked(id) ?? {};
      const activity = find(this.api.getSequencingState().rootActivity, id);
      const mark = success === "failed" ? words.failed : success === "passed" ? words.passed : completion === "completed" ? words.done : "";
      // Before anything is open the rules say nothing yet; they are asked when it is chosen.
      return { isOpen: (this.valid.choice[id] ?? "true") === "true", isHidden: !activity?.isVisible, mark };
    };
    const hidden = new Set(this.valid.hideLmsUi);
    const steps = Object.fromEntries(
      Object.entries(KEPT_AWAY).map(([step, control]) => [step, { isOpen: Boolean(this.valid[step]), isHidden: hidden.has(control) }]),
    );
    this.contents.draw(this.current?.id, look, steps);
  }
}

function activityOf(node) {
  return {
    id: node.id,
    title: node.title,
    isVisible: !node.hidden,
    ...node.sequencing,
    children: node.children.map(activityOf),
  };
}

function find(activity, id) {
  if (!activity || activity.id === id) return activity;
  for (const child of activity.children) {
    const found = find(child, id);
    if (found) return found;
  }
  return null;
}

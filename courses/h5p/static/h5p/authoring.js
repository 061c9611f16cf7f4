// Writing interactive content: lists that grow, parts that are fetched, a draft that saves itself, and its preview.

import Sortable from "../vendor/sortable/sortable.esm.js";
import { enhance } from "./rich-text.js";

const PAUSE = 1500;
const AGAIN = 10_000;
const LARGEST = 2 * 1024 * 1024;
const WIDE = "(min-width: 75em)";

const form = document.querySelector("[data-h5p-form]");
const words = JSON.parse(document.getElementById("h5p-words").textContent);
const said = form.querySelector("[data-h5p-said]");
const announced = form.querySelector("[data-h5p-announce]");
const own = (name) => form.elements[`_${name}`];
const itemsOf = (list) => [...list.children].filter((each) => each.matches("[data-h5p-item]"));
const newKey = () => `n${crypto.getRandomValues(new Uint32Array(2)).join("")}`;

function say(text, isBad = false) {
  said.textContent = text;
  said.classList.toggle("is-bad", isBad);
}

function announce(text) {
  announced.textContent = text;
}

/* What is sent: all fields of the content as one, in the order of the page. A large form has thousands. */

form.addEventListener("formdata", ({ formData }) => {
  const fields = [...formData].filter(([name]) => !name.startsWith("_") && name !== "csrfmiddlewaretoken");
  for (const name of new Set(fields.map(([name]) => name))) formData.delete(name);
  formData.set("_fields", JSON.stringify(fields));
});

/* The draft. */

let isDirty = false;
let isLeaving = false;
let isStopped = false;
let running = null;
let timer = null;

function changed() {
  isDirty = true;
  if (isStopped) return;
  say(words.unsaved);
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

/** Save now, or after what is under way; true when everything is saved. */
async function save() {
  clearTimeout(timer);
  if (running) await running;
  if (isStopped) return false;
  running = send();
  const isSaved = await running;
  running = null;
  return isSaved;
}

async function send() {
  const data = new FormData(form);
  if (data.get("_fields").length > LARGEST) {
    say(words.large, true);
    return false;
  }
  isDirty = false;
  say(words.saving);
  let answer, told;
  try {
    answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  } catch {
    isDirty = true;
    say(words.failed, true);
    timer = setTimeout(save, AGAIN);
    return false;
  }
  if (answer.ok && told) {
    take(told);
    return true;
  }
  isDirty = true;
  if (told?.error) standStill(told);
  else say(told?.title ?? words.refused, true);
  return false;
}

function take(told) {
  own("version").value = told.version;
  own("revision").value = told.revision;
  form.dataset.upload = told.upload;
  form.dataset.files = told.files;
  if (form.getAttribute("action") !== told.edit) {
    form.action = told.edit;
    history.replaceState(null, "", told.edit);
  }
  if (!isDirty) say(told.said);
  show(told.frame, told.whole);
}

/** Somebody else wrote meanwhile: nothing is saved until the author says which it is to be. */
function standStill(told) {
  isStopped = true;
  say(told.error, true);
  if ("revision" in told) {
    own("version").value = told.version;
    own("revision").value = told.revision;
  }
  const mine = document.createElement("button");
  mine.type = "button";
  mine.className = "button button-small button-secondary";
  mine.textContent = words.mine;
  mine.addEventListener("click", async () => {
    isStopped = false;
    const over = hidden("_overwrites", "on");
    mine.remove();
    await save();
    over.remove();
  });
  said.after(mine);
}

function hidden(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  form.append(field);
  return field;
}

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (button?.name === "_act" && button.value === "save") {
    event.preventDefault();
    save();
    return;
  }
  clearTimeout(timer);
  if (running) {
    // The page's standing is what that answers.
    event.preventDefault();
    await running;
    form.requestSubmit(button);
    return;
  }
  if (button?.dataset.act) hidden("_act", button.dataset.act);
  isLeaving = true;
});

addEventListener("beforeunload", (event) => {
  if (isDirty && !isLeaving) event.preventDefault();
});

/* The preview. */

const side = form.querySelector("[data-h5p-preview]");
const frame = side.querySelector("iframe");
const waits = side.querySelector("[data-h5p-waits]");
let shown = null;

/** Libraries stumble over content that lacks what they require: it is shown when it is whole, or when asked for. */
function show(address, isWhole) {
  frame.dataset.src = address;
  frame.toggleAttribute("data-whole", isWhole);
  side.querySelector("[data-h5p-empty]").hidden = true;
  waits.hidden = isWhole;
  if (isWhole) load();
}

function load() {
  const address = frame.dataset.src;
  if (!side.open || address === shown) return;
  shown = address;
  // Going from one to the next is no step that the browser's Back should undo.
  if (frame.hidden) frame.src = address;
  else frame.contentWindow.location.replace(address);
  frame.hidden = false;
}

waits.querySelector("button").addEventListener("click", load);
side.addEventListener("toggle", () => frame.hasAttribute("data-whole") && load());
if (matchMedia(WIDE).matches) side.open = true;
if (frame.dataset.src) show(frame.dataset.src, frame.hasAttribute("data-whole"));

/* Parts that the server makes. */

async function ask(asked) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(asked)) body.set(name, value ?? "");
  const answer = await fetch(form.dataset.part, { method: "POST", body, headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  return made.content;
}

async function fetched(asked, use) {
  try {
    use(await ask(asked));
  } catch {
    say(words.failed, true);
    return false;
  }
  return true;
}

async function unfold(details) {
  const body = details.querySelector(":scope > [data-h5p-body]");
  const { do: what, library, path, name } = details.dataset;
  delete details.dataset.h5pFolded;
  const value = body.querySelector("input").value;
  const isThere = await fetched({ do: what, library, path, name, value }, (made) => {
    body.replaceChildren(made);
    wake(body);
  });
  if (!isThere) {
    details.dataset.h5pFolded = "";
    details.open = false;
  }
}

async function addItem(list) {
  const { library, path, name } = list.dataset;
  const items = list.querySelector(":scope > [data-h5p-items]");
  await fetched({ do: "item", library, path, name: `${name}.${newKey()}` }, (made) => {
    const item = made.querySelector("[data-h5p-item]");
    items.append(item);
    wake(item);
    settle(items);
    changed();
    announce(words.added);
    focusOn(item.querySelector(".h5p-item__body"));
  });
}

async function choose(select) {
  const place = select.closest("[data-h5p-library]");
  const body = place.querySelector(":scope > [data-h5p-chosen]");
  // What was written for another kind stays at hand while the page is open.
  place.kept ??= new Map();
  const before = document.createDocumentFragment();
  before.append(...body.childNodes);
  place.kept.set(place.now ?? place.dataset.now ?? "", before);
  const wanted = (place.now = select.value);
  if (wanted && !place.kept.has(wanted)) {
    const { library, path, name } = place.dataset;
    await fetched({ do: "library", library, path, name, choice: wanted }, (made) => {
      if (select.value !== wanted) return;
      body.replaceChildren(...made.querySelector("[data-h5p-chosen]").childNodes);
      wake(body);
    });
  } else if (wanted) {
    body.replaceChildren(place.kept.get(wanted));
  }
  hideAndShow();
  changed();
}

/* Lists. */

/** Buttons that can do nothing now say so. */
function settle(items) {
  const list = items.closest("[data-h5p-list]");
  const all = itemsOf(items);
  const max = list.dataset.max ? Number(list.dataset.max) : Infinity;
  const off = (button, isOff) => button.setAttribute("aria-disabled", String(isOff));
  all.forEach((item, number) => {
    off(tool(item, "up"), number === 0);
    off(tool(item, "down"), number === all.length - 1);
    off(tool(item, "remove"), all.length <= Number(list.dataset.min));
  });
  off(list.querySelector(":scope > [data-h5p-add]"), all.length >= max);
}

const tool = (item, name) => item.querySelector(`:scope > .h5p-item__tools > [data-h5p-${name}]`);

function move(item, step) {
  const items = item.parentElement;
  const all = itemsOf(items);
  const place = all.indexOf(item) + step;
  if (step < 0) all[place].before(item);
  else all[place].after(item);
  settle(items);
  changed();
  tool(item, step < 0 ? "up" : "down").focus();
  tellPlace(item);
}

function tellPlace(item) {
  const all = itemsOf(item.parentElement);
  announce(words.moved.replace("%(place)s", all.indexOf(item) + 1).replace("%(total)s", all.length));
}

function remove(item) {
  const items = item.parentElement;
  const place = document.createElement("li");
  const back = document.createElement("button");
  place.className = "h5p-undo";
  back.type = "button";
  back.className = "button button-small button-secondary";
  back.textContent = words.undo;
  back.addEventListener("click", () => {
    place.replaceWith(item);
    settle(items);
    changed();
    tool(item, "remove").focus();
  });
  for (const old of items.querySelectorAll(":scope > .h5p-undo")) old.remove();
  place.append(`${words.removed} `, back);
  item.replaceWith(place);
  settle(items);
  changed();
  announce(words.removed);
  back.focus();
}

function focusOn(place) {
  place?.querySelector("input:not([type=hidden]), select, [contenteditable], textarea:not([hidden]), button")?.focus();
}

/* Parts that other fields show and hide. What is hidden is kept. */

function hideAndShow() {
  for (const part of form.querySelectorAll("[data-h5p-when]")) {
    const verdicts = JSON.parse(part.dataset.h5pWhen).map(([name, ...wanted]) => {
      const value = valueOf(name);
      return value === null || wanted.includes(value);
    });
    part.hidden = !("h5pAll" in part.dataset ? verdicts.every(Boolean) : verdicts.some(Boolean));
  }
}

function valueOf(name) {
  const field = form.elements.namedItem(name);
  if (!field) return null;
  return field.type === "checkbox" ? String(field.checked) : field.value;
}

/* Files. */

async function upload(input) {
  const place = input.closest("[data-h5p-file]");
  const wrong = place.querySelector("[data-h5p-wrong]");
  const sending = place.querySelector("[data-h5p-sending]");
  const [file] = input.files;
  input.value = "";
  wrong.hidden = true;
  if (!file) return;
  const tell = (percent) => {
    sending.textContent = words.sending.replace("%(name)s", file.name).replace("%(part)s", `${percent} %`);
  };
  tell(0);
  // Files belong to a draft.
  if (!form.dataset.upload) await save();
  const told = form.dataset.upload ? await sent(file, place.dataset.kind, tell) : {};
  sending.textContent = "";
  if (!told.path) {
    wrong.textContent = told.title ?? told.error ?? words.notSent;
    wrong.hidden = false;
    return;
  }
  const files = place.querySelector("[data-h5p-files]");
  const row = place.querySelector("template").content.cloneNode(true).firstElementChild;
  const key = newKey();
  for (const field of row.querySelectorAll("[name]")) {
    const [list, rest] = [`${place.dataset.name}[]`, field.name.slice(place.dataset.name.length + ".new".length)];
    if (field.name === list) field.value = key;
    else field.name = `${place.dataset.name}.${key}${rest}`;
    if (rest === ".file" && field.name !== list) field.value = JSON.stringify(told);
  }
  row.querySelector(".h5p-file__name").textContent = file.name;
  for (const picture of row.querySelectorAll("[data-h5p-path]")) picture.dataset.h5pPath = told.path;
  if (!("many" in place.dataset)) files.replaceChildren();
  files.append(row);
  wake(files);
  changed();
}

function sent(file, kind, progress) {
  return new Promise((done) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("kind", kind);
    body.set("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(Math.round((loaded / total) * 100)));
    request.addEventListener("loadend", () => done(request.response ?? {}));
    request.send(body);
  });
}

/* What happens on the page. */

function wake(root) {
  for (const textarea of root.querySelectorAll("textarea[data-h5p-rich]:not([hidden])")) enhance(textarea);
  for (const items of root.querySelectorAll("[data-h5p-items]")) {
    settle(items);
    new Sortable(items, {
      handle: "[data-h5p-grip]",
      draggable: "[data-h5p-item]",
      animation: 150,
      onEnd: ({ item, oldIndex, newIndex }) => {
        if (oldIndex === newIndex) return;
        settle(items);
        changed();
        tellPlace(item);
      },
    });
  }
  for (const picture of root.querySelectorAll("img[data-h5p-path]")) {
    if (form.dataset.files) picture.src = form.dataset.files + picture.dataset.h5pPath;
  }
  for (const place of root.querySelectorAll("[data-h5p-library]")) {
    place.dataset.now = place.querySelector(":scope > select")?.value ?? "";
  }
  hideAndShow();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const item = button.closest("[data-h5p-item]");
  if (button.matches("[data-h5p-add]")) addItem(button.closest("[data-h5p-list]"));
  else if (button.matches("[data-h5p-up]")) move(item, -1);
  else if (button.matches("[data-h5p-down]")) move(item, 1);
  else if (button.matches("[data-h5p-remove]")) remove(item);
  else if (button.matches("[data-h5p-drop]")) {
    const place = button.closest("[data-h5p-file]");
    button.closest("li").remove();
    place.querySelector("input[type=file]").focus();
    changed();
  }
});

form.addEventListener("input", ({ target }) => {
  if (target.matches("[data-h5p-swatch]")) target.nextElementSibling.value = target.value;
  if (!target.name && !target.matches("[data-h5p-swatch]")) return;
  for (let item = target.closest("[data-h5p-item]"); item; item = item.parentElement.closest("[data-h5p-item]")) digest(item);
  if (target.matches("[type=checkbox], [type=radio], select")) hideAndShow();
  if (!target.matches("[data-h5p-choose]")) changed();
});

form.addEventListener("change", ({ target }) => {
  if (target.matches("[data-h5p-choose]")) choose(target);
  else if (target.matches("input[type=file]")) upload(target);
});

// A key that confirms a line of text must not publish.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input:not([type=file])")) event.preventDefault();
});

form.addEventListener("toggle", ({ target }) => target.open && target.matches("details[data-h5p-folded]") && unfold(target), true);

/** The words by which an item is known are the first that are written in it. */
function digest(item) {
  const place = item.querySelector(":scope > details > summary [data-h5p-digest]");
  if (!place) return;
  const texts = [...item.querySelectorAll(":scope > details input[type=text], :scope > details textarea")];
  const first = texts.find((each) => !each.closest(".h5p-more") && each.value.trim());
  const plain = new DOMParser().parseFromString(first?.value ?? "", "text/html").body.textContent;
  place.textContent = plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}

wake(form);
form.querySelector("[data-h5p-first]")?.focus();
for (const link of form.querySelectorAll(".h5p-errors a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    for (let place = target?.parentElement; place; place = place.parentElement) {
      if (place.matches("details")) place.open = true;
    }
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
  });
}

/* The table of contents of a package, and the buttons that lead through it. */

export class Contents {
  constructor(data, page) {
    this.words = data.words;
    this.course = data.course;
    this.holder = page.querySelector(".contents");
    this.steps = page.querySelector(".steps");
    this.buttons = new Map();
    this.openable = [...walk(data.course)].filter((node) => node.launch !== undefined);
    if (this.openable.length < 2) return;
    page.body.classList.add("has-contents");
    this.holder.hidden = false;
    this.holder.open = matchMedia("(min-width: 60rem)").matches;
    this.holder.querySelector("nav").append(this.#list(data.course.children));
    this.steps.hidden = false;
  }

  /** Calls back when a part is chosen, or a step asked for. */
  listen(choose, step) {
    for (const [id, button] of this.buttons) {
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") === "true") return;
        if (!matchMedia("(min-width: 60rem)").matches) this.holder.open = false;
        choose(id);
      });
    }
    for (const button of this.steps.querySelectorAll("button")) {
      button.addEventListener("click", () => step(button.dataset.step));
    }
  }

  /** Shows where the learner is. `look` says of each part: `{isOpen, isHidden, mark}`; `steps` which steps lead on. */
  draw(current, look, steps) {
    for (const [id, button] of this.buttons) {
      const { isOpen, isHidden, mark } = look(id);
      if (id === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      button.setAttribute("aria-disabled", String(!isOpen && id !== current));
      button.parentElement.hidden = isHidden;
      button.querySelector(".mark").textContent = mark || (isOpen || id === current ? "" : this.words.locked);
    }
    for (const button of this.steps.querySelectorAll("button")) {
      const { isOpen, isHidden } = steps[button.dataset.step];
      button.disabled = !isOpen;
      button.hidden = Boolean(isHidden);
    }
  }

  #list(nodes) {
    const list = document.createElement("ol");
    for (const node of nodes) {
      const entry = document.createElement("li");
      if (node.launch !== undefined) entry.append(this.#button(node));
      else if (!node.hidden) entry.append(group(node.title));
      if (node.children.length) entry.append(this.#list(node.children));
      list.append(entry);
    }
    return list;
  }

  #button(node) {
    const button = document.createElement("button");
    button.type = "button";
    const title = document.createElement("span");
    title.textContent = node.title;
    const mark = document.createElement("span");
    mark.className = "mark";
    button.append(title, mark);
    button.hidden = Boolean(node.hidden);
    this.buttons.set(node.id, button);
    return button;
  }
}

function group(title) {
  const name = document.createElement("span");
  name.className = "group";
  name.textContent = title;
  return name;
}

/** Every node of a course, in its order. */
export function* walk(node) {
  yield node;
  for (const child of node.children ?? []) yield* walk(child);
}

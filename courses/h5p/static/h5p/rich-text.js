// Turns a textarea that holds HTML into an editor that offers what the field may hold, and nothing else.

import Squire from "../vendor/squire/squire.mjs";
import DOMPurify from "../vendor/purify/purify.es.mjs";

const words = JSON.parse(document.getElementById("h5p-words")?.textContent ?? "{}");
// Editing leaves unbreakable spaces behind; an answer that holds one would not be what a learner types.
const LONE_SPACE = /(?<=[^\s>;])&nbsp;(?!\s|&nbsp;)/g;
const HEADINGS = ["h2", "h3", "h4"];
const TABLE = ["table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "col", "colgroup"];
const ATTRIBUTES = ["href", "target", "style", "class", "src", "alt", "width", "height", "colspan", "rowspan", "scope"];

// name, tags of which the field must allow one, the tag as the editor writes it, what is done, what undoes it
const TOOLS = [
  ["bold", ["strong", "b"], "B", "bold", "removeBold"],
  ["italic", ["em", "i"], "I", "italic", "removeItalic"],
  ["underline", ["u"], "U", "underline", "removeUnderline"],
  ["strike", ["del", "s", "strike"], "S", "strikethrough", "removeStrikethrough"],
  ["sub", ["sub"], "SUB", "subscript", "removeSubscript"],
  ["sup", ["sup"], "SUP", "superscript", "removeSuperscript"],
  ["list", ["ul"], "UL", "makeUnorderedList", "removeList"],
  ["numbers", ["ol"], "OL", "makeOrderedList", "removeList"],
  ["quote", ["blockquote"], "BLOCKQUOTE", "increaseQuoteLevel", "decreaseQuoteLevel"],
  ["code", ["code"], "CODE", "code", "removeCode"],
];
const SIGNS = { bold: "B", italic: "I", underline: "U", strike: "S", sub: "x₂", sup: "x²", list: "•", numbers: "1.", quote: "❞", code: "</>", link: "🔗" };

export function enhance(textarea) {
  const allowed = new Set(textarea.dataset.h5pRich.split(" ").filter(Boolean));
  const block = textarea.dataset.enter === "p" ? "P" : "DIV";
  const label = document.getElementById(`${textarea.id}-label`);
  const frame = document.createElement("div");
  const root = document.createElement("div");
  frame.className = "h5p-rich";
  root.className = "h5p-rich__text";
  root.id = textarea.id;
  textarea.removeAttribute("id");
  for (const [name, value] of Object.entries({ role: "textbox", "aria-multiline": "true", "aria-labelledby": label?.id })) {
    if (value) root.setAttribute(name, value);
  }
  for (const name of ["aria-required", "aria-invalid", "aria-describedby"]) {
    if (textarea.hasAttribute(name)) root.setAttribute(name, textarea.getAttribute(name));
  }
  textarea.hidden = true;
  textarea.after(frame);
  frame.append(root);

  const editor = new Squire(root, {
    blockTag: block,
    sanitizeToDOMFragment: (html) =>
      DOMPurify.sanitize(html, {
        ALLOWED_TAGS: ["div", "span", "p", "br", "li", "strong", "b", "em", "i", "#text", ...allowed, ...(allowed.has("table") ? TABLE : [])],
        ALLOWED_ATTR: ATTRIBUTES,
        ALLOW_DATA_ATTR: false,
        RETURN_DOM_FRAGMENT: true,
      }),
  });
  editor.setHTML(textarea.value);
  // What nobody touched is sent as it came.
  let last = editor.getHTML();
  editor.addEventListener("input", () => {
    const now = editor.getHTML();
    if (now === last) return;
    last = now;
    const isEmpty = !root.textContent.trim() && !root.querySelector("img, hr, table");
    textarea.value = isEmpty ? "" : now.replace(LONE_SPACE, " ");
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  });
  label?.addEventListener("click", () => editor.focus());
  const tools = toolbar(editor, allowed, block);
  if (tools) frame.prepend(tools);
}

function toolbar(editor, allowed, block) {
  const bar = document.createElement("div");
  bar.className = "h5p-rich__tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words.format);
  const pressed = [];
  for (const [name, tags, tag, on, off] of TOOLS) {
    if (!tags.some((each) => allowed.has(each))) continue;
    const tool = button(name, () => (editor.hasFormat(tag) ? editor[off]() : editor[on]()));
    pressed.push([tool, tag]);
    bar.append(tool);
  }
  const headings = HEADINGS.filter((tag) => allowed.has(tag));
  for (const tag of headings) {
    const tool = button(tag, () => asBlock(editor, editor.hasFormat(tag.toUpperCase()) ? block : tag));
    tool.textContent = tag.toUpperCase();
    pressed.push([tool, tag.toUpperCase()]);
    bar.append(tool);
  }
  if (allowed.has("a")) {
    const tool = button("link", () => (editor.hasFormat("A") ? editor.removeLink() : askForLink(bar, editor)));
    pressed.push([tool, "A"]);
    bar.append(tool);
  }
  if (!bar.children.length) return null;
  const show = () => {
    for (const [tool, tag] of pressed) tool.setAttribute("aria-pressed", String(editor.hasFormat(tag)));
  };
  show();
  editor.addEventListener("pathChange", show);
  editor.addEventListener("input", show);
  // One stop for the Tab key; arrows go on from there.
  const stops = () => [...bar.querySelectorAll(":scope > button")];
  stops().forEach((stop, number) => (stop.tabIndex = number ? -1 : 0));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = stops();
    const at = all.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = all[(at + step + all.length) % all.length];
    all.forEach((stop) => (stop.tabIndex = stop === next ? 0 : -1));
    next.focus();
  });
  return bar;
}

function button(name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `h5p-rich__tool h5p-rich__tool--${name}`;
  made.textContent = SIGNS[name] ?? name;
  made.title = words[name] ?? name.toUpperCase();
  made.setAttribute("aria-label", made.title);
  // The selection stays in the text.
  made.addEventListener("mousedown", (event) => event.preventDefault());
  made.addEventListener("click", act);
  return made;
}

function asBlock(editor, tag) {
  editor.modifyBlocks((fragment) => {
    for (const each of [...fragment.querySelectorAll("p, div, h2, h3, h4")]) {
      const made = document.createElement(tag);
      made.append(...each.childNodes);
      each.replaceWith(made);
    }
    return fragment;
  });
  editor.focus();
}

function askForLink(bar, editor) {
  const range = editor.getSelection();
  const row = document.createElement("span");
  row.className = "h5p-rich__link";
  const field = document.createElement("input");
  field.type = "url";
  field.placeholder = "https://";
  field.setAttribute("aria-label", words.address);
  const done = button("link", () => {
    const address = field.value.trim();
    row.remove();
    editor.setSelection(range);
    if (/^(https?:|mailto:)/i.test(address)) editor.makeLink(address);
    editor.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      done.click();
    } else if (event.key === "Escape") {
      row.remove();
      editor.focus();
    }
  });
  row.append(field, done);
  bar.append(row);
  field.focus();
}

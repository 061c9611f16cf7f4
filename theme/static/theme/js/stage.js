/* The stage: plays a package in a frame below it and keeps what is done there.

   It stands under the packages' own host, where the package looks for its API in this window. */

import { Cmi5 } from "./stage-cmi5.js";
import { Contents } from "./stage-contents.js";
import { Line } from "./stage-line.js";
import { Scorm12 } from "./stage-scorm12.js";
import { Scorm2004 } from "./stage-scorm2004.js";

const PLAYERS = { scorm12: Scorm12, scorm2004: Scorm2004, cmi5: Cmi5 };
const data = JSON.parse(document.getElementById("stage-data").textContent);

/** Tells the platform's page around the stage how things are. */
function tell(state) {
  parent.postMessage({ package: state }, data.around);
}

/** Where the package's pages are shown, one at a time. */
class Content {
  constructor() {
    this.place = document.querySelector(".content");
    this.said = document.querySelector(".said");
    this.frame = null;
  }

  /** Shows a page of the package, given by its path inside it. */
  show(launch, title) {
    const [path, rest = ""] = launch.split(/([?#].*)/s);
    this.showAddress(data.files + path.split("/").map(encodeURIComponent).join("/") + rest, title);
  }

  /** Shows a page, given by its address. */
  showAddress(address, title) {
    this.clear();
    this.frame = document.createElement("iframe");
    this.frame.title = title || data.words.frame;
    this.frame.allow = "fullscreen";
    this.frame.src = address;
    this.place.append(this.frame);
  }

  /** Takes the page away; it hears of it and says its last words before this returns. */
  clear() {
    this.said.hidden = true;
    this.frame?.remove();
    this.frame = null;
  }

  /** Says something where a page would be, with a link to what opens in a window of its own. */
  say(text, address) {
    this.clear();
    this.said.textContent = text;
    this.said.hidden = false;
    if (!address) return;
    const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", textContent: data.words.open });
    this.said.append(" ", link);
  }
}

const line = new Line(data.keep, tell);
const content = new Content();
const contents = new Contents(data, document);
const player = new PLAYERS[data.standard](data, line, content, contents);

addEventListener("beforeunload", () => player.leave());
addEventListener("pagehide", () => {
  player.leave();
  line.leave();
});
addEventListener("message", (event) => {
  if (event.source !== parent || event.origin !== data.around || event.data?.package !== "leave") return;
  player.leave();
  content.clear();
  player.end();
  line.settle().then(() => tell("left"));
});
player.begin();

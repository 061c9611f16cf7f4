// Tells the page around the frame what goes on inside; it cannot look inside, and the frame can send nothing itself.

(() => {
  const core = window.H5P;
  const tell = (name, given) => parent.postMessage({ h5p: name, ...given }, "*");
  let isReady = false;

  core.externalDispatcher.on("initialized", () => {
    isReady = true;
    tell("ready");
  });

  addEventListener("load", () => {
    const content = document.querySelector(".h5p-content");
    let told = 0;
    const tellHeight = () => {
      const height = Math.ceil(Math.max(content.getBoundingClientRect().height, content.scrollHeight));
      if (height && height !== told) {
        told = height;
        tell("height", { height });
      }
    };
    new ResizeObserver(tellHeight).observe(content);
    tellHeight();
    setTimeout(() => isReady || tell("failed"), 3000);
  });

  if (!window.H5PIntegration.postUserStatistics) return;

  // What the player sends goes to the page around, which has the session, and sends it again when the line was down.
  core.jQuery.ajaxTransport("+*", (options) => {
    const place = /^kept:(finished|state)(?:\/([^/]+)\/([^/]+))?$/.exec(options.url);
    if (!place) return undefined;
    const [, name, type, sub] = place;
    return {
      send(headers, complete) {
        if (options.type === "POST") {
          const given = new URLSearchParams(options.data);
          if (name === "finished") tellFinished(given);
          else tellState(type, sub, given);
          complete(200, "OK", { text: '{"success":true}' }, "Content-Type: application/json");
        } else {
          // Everything that was kept came with the page.
          complete(200, "OK", { text: '{"success":true,"data":false}' }, "Content-Type: application/json");
        }
      },
      abort() {},
    };
  });

  const number = (text) => (text === null || text === "" || !Number.isFinite(Number(text)) ? null : Number(text));

  function tellFinished(given) {
    tell("finished", { score: number(given.get("score")), max: number(given.get("maxScore")), seconds: number(given.get("time")) });
  }

  function tellState(type, sub, given) {
    const data = given.get("data");
    tell("state", { type, sub, data: data === "0" ? null : data, invalidates: given.get("invalidate") === "1" });
  }

  const isPart = (statement) => Boolean(statement.context?.contextActivities?.parent?.length);

  core.externalDispatcher.on("xAPI", (event) => {
    const statement = JSON.parse(JSON.stringify(event.data.statement));
    const verb = event.getVerb();
    // Every click is an interaction: the state says more.
    if (verb === "interacted") return;
    tell("statement", { statement });
    // The player tells of scores only; what has none can be finished too.
    if ((verb === "completed" || verb === "answered") && !isPart(statement) && typeof event.getScore() !== "number") {
      tell("finished", { score: null, max: null, seconds: null });
    }
  });
})();

/* Brings in htmx on the pages that use it. */

/** htmx sets itself up only in a document that is complete, hence the wait. */
export async function start() {
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  await import("../../vendor/htmx/htmx.min.js");
}

/* Brings in htmx on the pages that use it. */

/** htmx sets itself up only in a document that is complete, hence the wait. */
export function start() {
  const add = () => import("../../vendor/htmx/htmx.min.js");
  if (document.readyState === "complete") add();
  else addEventListener("load", add, { once: true });
}

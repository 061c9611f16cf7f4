/* Brings in htmx on the pages that use it. */

/** htmx sets itself up only in a document that is complete, hence the wait. */
export function start() {
  const add = () => {
    const script = document.createElement("script");
    script.src = new URL("../../vendor/htmx/htmx.min.js", import.meta.url).href;
    document.head.append(script);
  };
  if (document.readyState === "complete") add();
  else addEventListener("load", add, { once: true });
}

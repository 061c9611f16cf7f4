/* The page to which units of cmi5 return: it tells the stage around it. */

if (parent !== window) parent.postMessage({ package: "returned" }, location.origin);

/* The only script that a page names. Each element with data-module="folder/name" gets that module's start(element). */

import { rememberPrompt } from "./lib/install_prompt.js";
import { watchConnection } from "./lib/online.js";
import { keepFresh } from "./lib/worker.js";

/** The module's path for a data-module value, or null if it is no such value. */
export function modulePath(name) {
  return /^[a-z_]+\/[a-z_]+$/.test(name) ? `./${name}.js` : null;
}

async function begin(element) {
  const path = modulePath(element.dataset.module);
  if (!path) return;
  (await import(path)).start(element);
  element.dataset.started = ""; // until then a tap is the page's own; who tests the module waits for this
}

rememberPrompt();
watchConnection();
document.querySelectorAll("[data-module]").forEach(begin);
keepFresh(document.querySelector("[data-new-version]"));

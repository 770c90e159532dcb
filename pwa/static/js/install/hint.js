/* Help to put the app on the home screen, after a booking.
   <section data-module="install/hint"> <div data-steps>written steps</div> <button type="button" hidden>…</button> </section>
   The steps are there without script; Android gets its own button instead; the installed app shows neither. */

import { install, whenInstallable } from "../lib/install_prompt.js";

export function start(root) {
  if (isInstalled(window)) {
    root.hidden = true;
    return;
  }
  const button = root.querySelector("button");
  whenInstallable(() => {
    button.hidden = false;
    root.querySelector("[data-steps]").hidden = true;
  });
  button.addEventListener("click", async () => {
    root.hidden = await install();
    button.hidden = true;
  });
  addEventListener("appinstalled", () => {
    root.hidden = true;
  });
}

/** Whether the page runs as an app already. */
export function isInstalled({ matchMedia, navigator }) {
  return matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
}

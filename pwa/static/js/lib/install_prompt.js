/* Android fires its install offer once, early. It is kept until a page has a good moment to make it. */

let kept = null;
const waiting = new Set();

export function rememberPrompt() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    kept = event;
    waiting.forEach((tell) => tell());
  });
}

/** Call `tell` as soon as the browser can install the app, perhaps at once, perhaps never. */
export function whenInstallable(tell) {
  waiting.add(tell);
  if (kept) tell();
}

/** Show the browser's own question. True if the person accepted. */
export async function install() {
  if (!kept) return false;
  const asked = kept;
  kept = null; // a prompt works once
  await asked.prompt();
  return (await asked.userChoice).outcome === "accepted";
}

/* A button that copies a field's text: <button data-copy="id" hidden>, shown only where copying works. */

import { say } from "./say.js";

export function start(root) {
  const button = root.querySelector("[data-copy]");
  const field = document.getElementById(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    say(root, "copied");
  });
}

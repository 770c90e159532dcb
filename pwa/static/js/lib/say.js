/* Every sentence that a module may say is already in the page, hidden: <p data-say="denied" hidden>…</p>. */

/** Show the one sentence of that name inside `root`, hide the others; `words` replace its text if given. */
export function say(root, name, words = "") {
  for (const sentence of root.querySelectorAll("[data-say]")) {
    sentence.hidden = sentence.dataset.say !== name;
    if (!sentence.hidden && words) (sentence.querySelector("p") ?? sentence).textContent = words;
  }
}

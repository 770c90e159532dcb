/* The summary of mistakes takes the focus, and its links put it into the field. */

export function start(summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    reveal(field);
  });
}

/** Focus a field so that its label stays in sight. */
export function reveal(field) {
  const whole = field.closest("fieldset, .field") ?? field;
  whole.scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
}

/* JSON to and from our own server. A refusal becomes an error that carries the sentence for the person. */

const PATIENCE = 15_000;

export class Refused extends Error {
  /** @param {object} problem the problem document of the answer, or {} @param {number} status */
  constructor(problem, status) {
    super(problem.title ?? `status ${status}`);
    this.problem = problem;
    this.status = status;
    this.sentence = problem.title ?? "";
  }
}

/** `once` names what is wanted: sent again with the same one after a lost answer, it is done a single time. */
export function postJson(path, body = {}, { patience = PATIENCE, once = "" } = {}) {
  const headers = once ? { "Idempotency-Key": once } : {};
  return ask(path, { method: "POST", body: JSON.stringify(body), headers }, patience);
}

export function getJson(path, patience = PATIENCE) {
  return ask(path, { method: "GET" }, patience);
}

async function ask(path, options, patience) {
  const answer = await fetch(path, {
    ...options,
    credentials: "same-origin",
    headers: { Accept: "application/json", "Content-Type": "application/json", ...options.headers },
    signal: AbortSignal.timeout?.(patience),
  });
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(read, answer.status);
  return read;
}

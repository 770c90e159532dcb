/* Asks for push on a tap, never before.
   <section data-module="messaging/push_opt_in" data-key="<VAPID public key>" data-subscribe="…" hidden>
     <button type="button">…</button> and sentences data-say="asking|done|denied|late|error" </section>
   The subscription is POSTed as {"subscription": {endpoint, keys}}. What fails falls back to e-mail, and says so. */

import { bytes } from "../identity/passkey.js";
import { postJson } from "../lib/post.js";
import { say } from "../lib/say.js";

export const PATIENCE = 8_000;

export async function start(root) {
  if (!canPush(window)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  const subscribed = await registration?.pushManager.getSubscription();
  if (subscribed && Notification.permission === "granted" && !root.dataset.always) return;
  root.hidden = false;
  const button = root.querySelector("button");
  if (Notification.permission === "denied") return refuse(root, button, "denied");
  button.addEventListener("click", () => optIn(root, button));
}

/** Whether this browser can receive a push; on iPhones only from the Home Screen. */
export function canPush({ navigator, PushManager, Notification }) {
  return Boolean(navigator?.serviceWorker && PushManager && Notification);
}

async function optIn(root, button) {
  button.disabled = true;
  say(root, "asking");
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return refuse(root, button, "denied");
  const givenUp = new AbortController();
  try {
    await within(PATIENCE, subscribe(root.dataset, givenUp.signal));
    button.hidden = true;
    say(root, "done");
  } catch (error) {
    givenUp.abort();
    refuse(root, button, error.name === "TimeoutError" ? "late" : "error");
  }
}

function refuse(root, button, sentence) {
  button.hidden = sentence === "denied"; // asking again would show nothing
  button.disabled = false;
  say(root, sentence);
}

/* A browser whose push service does not answer may do so minutes later: then it is too late, we said e-mail. */
async function subscribe({ key, subscribe: path }, givenUp) {
  const registration = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  const subscription = await registration.pushManager.subscribe(options);
  if (givenUp.aborted) return subscription.unsubscribe();
  try {
    await postJson(path, { subscription: subscription.toJSON() }, { patience: PATIENCE });
  } catch (error) {
    await subscription.unsubscribe(); // the server does not know it, so nobody would ever write to it
    throw error;
  }
  return true;
}

/** The promise's value, or a TimeoutError after so many milliseconds. */
export function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new DOMException("too late", "TimeoutError")), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/* Creates a passkey or signs in with one.
   <div data-module="identity/passkey" data-do="register|sign-in" data-options="…" data-finish="…" hidden>
     <button type="button">…</button> and sentences data-say="cancelled|duplicate|error|unsupported" </div>
   Both paths are POSTed JSON: options answers WebAuthn options, finish gets the credential and answers {"next"}. */

import { postJson } from "../lib/post.js";
import { say } from "../lib/say.js";

const BINARY = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

export function start(root) {
  root.hidden = false;
  const button = root.querySelector("button");
  if (!window.PublicKeyCredential) {
    button.hidden = true;
    return say(root, "unsupported");
  }
  const autofill = new AbortController();
  button.addEventListener("click", () => {
    autofill.abort(); // one ceremony at a time
    run(root, button);
  });
  if (root.dataset.do === "sign-in") offerAutofill(root, autofill.signal);
}

async function run(root, button) {
  say(root, "");
  button.disabled = true;
  try {
    await finish(root, await ceremony(root.dataset, {}));
  } catch (error) {
    say(root, outcomeOf(error), error.sentence);
  } finally {
    button.disabled = false;
  }
}

/* Where the browser can, it offers the passkey inside the e-mail field; silence if it does not work. */
async function offerAutofill(root, signal) {
  if (!document.querySelector("[autocomplete~='webauthn']")) return;
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    await finish(root, await ceremony(root.dataset, { mediation: "conditional", signal }));
  } catch (error) {
    if (error.sentence) say(root, "error", error.sentence);
  }
}

/* A fresh challenge each time: one that waited in the page may have expired. */
async function ceremony({ do: what, options }, more) {
  const given = await postJson(options);
  const json = given.publicKey ?? given;
  return what === "register"
    ? navigator.credentials.create({ publicKey: creationOptions(json), ...more })
    : navigator.credentials.get({ publicKey: requestOptions(json), ...more });
}

async function finish(root, credential) {
  const { next } = await postJson(root.dataset.finish, toJson(credential));
  location.assign(next ?? "/");
}

/** "cancelled", "duplicate" or "error": the sentence for what a ceremony threw. */
export function outcomeOf({ name }) {
  if (name === "NotAllowedError" || name === "AbortError") return "cancelled";
  return name === "InvalidStateError" ? "duplicate" : "error";
}

/** Options for navigator.credentials.create from their JSON form; by hand in browsers before 2025. */
export function creationOptions(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  const user = { ...json.user, id: bytes(json.user.id) };
  return { ...json, user, challenge: bytes(json.challenge), excludeCredentials: known(json.excludeCredentials) };
}

/** Options for navigator.credentials.get from their JSON form. */
export function requestOptions(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return { ...json, challenge: bytes(json.challenge), allowCredentials: known(json.allowCredentials) };
}

const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

/** A credential as the JSON that the server verifies. */
export function toJson(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { id, type, authenticatorAttachment, response } = credential;
  const sent = Object.fromEntries(BINARY.filter((key) => response[key]).map((key) => [key, text(response[key])]));
  if (response.getTransports) sent.transports = response.getTransports();
  const extensions = credential.getClientExtensionResults();
  return { id, rawId: id, type, authenticatorAttachment, response: sent, clientExtensionResults: extensions };
}

/** Bytes of a base64url text. */
export function bytes(encoded) {
  const plain = atob(encoded.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** Base64url text of a buffer. */
export function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

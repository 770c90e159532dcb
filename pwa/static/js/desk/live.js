/* The server says when the day has changed; the page looks again. It reconnects by itself. */

import { refresh } from "./act.js";

const AGAIN = 5000;
let source = null;
let path = "";

export function useLive() {
  document.addEventListener("desk:put", connect);
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", (event) => event.persisted && connect());
  connect();
}

function connect() {
  const wanted = document.querySelector("[data-live]").dataset.live;
  if (wanted === path && source) return;
  hangUp();
  path = wanted;
  source = new EventSource(path);
  source.addEventListener("change", (event) => refresh(event.data));
  source.addEventListener("end", () => location.reload());
  source.addEventListener("error", (event) => {
    if (event.target.readyState !== EventSource.CLOSED || event.target !== source) return;
    hangUp();
    refresh(); // tells a sign-out from a server that starts again
    setTimeout(connect, AGAIN);
  });
}

function hangUp() {
  source?.close();
  source = null;
}

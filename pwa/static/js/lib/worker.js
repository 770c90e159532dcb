/* Registers the service worker, and offers its next version instead of imposing it in the middle of a form. */

export async function keepFresh(bar) {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker
    .register("/sw.js", { updateViaCache: "none" })
    .catch(() => null); // private windows refuse; everything works without
  if (registration && bar) offerUpdates(registration, bar);
}

function offerUpdates(registration, bar) {
  const offer = () => {
    bar.hidden = !(registration.waiting && navigator.serviceWorker.controller);
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  bar.querySelector("button").addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting?.postMessage({ type: "skip-waiting" });
  });
  offer();
}

/* Keeps the shell and a few public pages for when there is no network, shows pushes, opens what they point at.
   It stores nothing else, ever: every other page may hold a patient's data. What may be kept is listed in
   shared/offline.json; the backend writes the version and that list in here. */

const VERSION = "__VERSION__";
const SHELL = "__SHELL__";
const CACHE = `shell-${VERSION}`;
const OFFLINE_PAGE = "/hors-connexion";
const ICONS = `/static/${VERSION}/icons`;

self.addEventListener("install", (event) => event.waitUntil(fillShell()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function fillShell() {
  const cache = await caches.open(CACHE);
  // Without cookies: a kept page must not greet whoever was signed in.
  await cache.addAll(SHELL.map((path) => new Request(path, { credentials: "omit", cache: "no-cache" })));
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event, url.pathname));
  else if (SHELL.includes(url.pathname)) event.respondWith(keptFirst(event.request, url.pathname));
});

async function page(event, path) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await kept(SHELL.includes(path) ? path : OFFLINE_PAGE)) ?? Response.error();
  }
}

async function keptFirst(request, path) {
  return (await kept(path)) ?? fetch(request);
}

async function kept(path) {
  return (await caches.open(CACHE)).match(path);
}

/* A push always shows something: browsers take the permission away from those that stay silent. */
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));

function read(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

async function show(payload) {
  const told = payload?.notification ?? {};
  const badge = Number(told.app_badge);
  if (Number.isInteger(badge)) await self.navigator.setAppBadge?.(badge)?.catch(() => {});
  await self.registration.showNotification(told.title || "Votre cabinet dentaire", {
    body: told.body || "Vous avez un message.",
    lang: told.lang || "fr",
    dir: told.dir || "auto",
    tag: told.tag || "",
    renotify: Boolean(told.tag),
    icon: `${ICONS}/icon-192.png`,
    badge: `${ICONS}/badge-96.png`,
    data: { navigate: told.navigate || "/" },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(ownAddress(event.notification.data?.navigate)));
});

/* The address if it is ours, else the home page: a payload never sends anyone elsewhere. */
function ownAddress(address) {
  try {
    const url = new URL(address, self.location.origin);
    return url.origin === self.location.origin ? url.href : self.location.origin;
  } catch {
    return self.location.origin;
  }
}

/* A window that already shows it comes to the front; no other window is navigated, its form may be half filled. */
async function open(address) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((client) => client.url === address);
  return shown ? shown.focus() : self.clients.openWindow(address);
}

self.addEventListener("message", (event) => {
  if (event.data?.type === "skip-waiting") self.skipWaiting(); // only when the person asked for the new version
  if (event.data?.type === "sign-out") event.waitUntil(forget().then(() => event.ports[0]?.postMessage("done")));
});

/* Whatever is about one person leaves the phone; the shell and the emergency page stay. */
async function forget() {
  const personal = (await caches.keys()).filter((name) => !name.startsWith("shell-"));
  const shown = await self.registration.getNotifications();
  shown.forEach((notification) => notification.close());
  await self.navigator.clearAppBadge?.()?.catch(() => {});
  await Promise.all(personal.map((name) => caches.delete(name)));
}

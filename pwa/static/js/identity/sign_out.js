/* <form data-module="identity/sign_out" method="post" action="…">: before the session ends, the phone forgets.
   Push subscription, personal caches and shown notifications go first, so that it also works when the network fails. */

const PATIENCE = 2_000;

export function start(form) {
  form.addEventListener("submit", async (event) => {
    if (!("serviceWorker" in navigator)) return;
    event.preventDefault();
    await Promise.race([forget(), new Promise((done) => setTimeout(done, PATIENCE))]);
    if (navigator.onLine) form.submit(); // does not fire the event again
  });
}

async function forget() {
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return;
  const subscription = await registration.pushManager?.getSubscription();
  await Promise.allSettled([subscription?.unsubscribe(), tellWorker(registration.active)]);
}

function tellWorker(worker) {
  return new Promise((done) => {
    if (!worker) return done();
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    worker.postMessage({ type: "sign-out" }, [channel.port2]);
  });
}

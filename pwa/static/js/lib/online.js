/* Without network a form stays as it is: the person is told, nothing is sent, nothing is lost. */

export function watchConnection() {
  const bar = document.querySelector("[data-offline]");
  if (!bar) return;
  const tell = () => {
    bar.hidden = navigator.onLine;
  };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  document.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    tell();
  });
  tell();
}

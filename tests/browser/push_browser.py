"""The push service behind a page. Headless Chromium has none, so the page's `subscribe` asks the peers.

Everything else is real: the page's module, the server's worker, the encryption, the peers' decryption, and
the service worker, to which the browser hands what was decrypted.
"""

import asyncio
from typing import Any

from playwright.async_api import Page

from tests.browser.outside import SOON, Message, Outside
from tests.browser.waiting import until

_REPLACED = """
    const asked = (deed, key = "") => window.askPushService(deed, key);
    const subscription = (given) => given && {
        endpoint: given.endpoint,
        toJSON: () => given,
        unsubscribe: () => asked("unsubscribe").then(() => true),
    };
    const text = (key) => btoa(String.fromCharCode(...new Uint8Array(key)))
        .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    PushManager.prototype.subscribe = async ({ applicationServerKey }) =>
        subscription(await asked("subscribe", text(applicationServerKey)));
    PushManager.prototype.getSubscription = async () => subscription(await asked("get"));
"""


class PushBrowser:
    """One page's push service; `silent` makes it one that never answers a subscription."""

    def __init__(self, page: Page, outside: Outside, *, silent: bool = False) -> None:
        self._page, self._outside, self._silent = page, outside, silent
        self.asked = asyncio.Event()
        self._ended = asyncio.Event()
        self.subscription: dict[str, Any] | None = None

    async def plug_in(self) -> None:
        """Replace the page's push service, and let the person have allowed notifications."""
        await self._page.context.grant_permissions(["notifications"])
        await self._page.expose_function("askPushService", self._answer)
        await self._page.add_init_script(f"(() => {{ {_REPLACED} }})()")

    def give_up(self) -> None:
        """A silent one is unplugged at last."""
        self._ended.set()

    @property
    def name(self) -> str:
        """What the peers call this browser."""
        assert self.subscription is not None, "not subscribed"
        return str(self.subscription["endpoint"]).split("/")[-2]

    async def deliver(self, message: Message) -> None:
        """Hand a push to the page's service worker, as the browser does after decrypting it."""
        found: list[dict[str, Any]] = []
        cdp = await self._page.context.new_cdp_session(self._page)
        cdp.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
        await cdp.send("ServiceWorker.enable")

        async def known() -> bool:
            return bool(found)

        await until(known, SOON, "the browser names its service worker")
        delivered = {"registrationId": found[-1]["registrationId"], "data": message.text}
        origin = self._page.url.split("/rendez-vous")[0].rstrip("/")
        await cdp.send("ServiceWorker.deliverPushMessage", {"origin": origin, **delivered})

    async def shown(self) -> list[dict[str, Any]]:
        """The notifications on the screen, as soon as there is one."""
        listed: list[dict[str, Any]] = []

        async def there() -> bool:
            listed[:] = await self._page.evaluate(
                """async () => (await (await navigator.serviceWorker.ready).getNotifications())
                    .map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, ...data }))"""
            )
            return bool(listed)

        await until(there, SOON, "the service worker shows a notification")
        return listed

    async def _answer(self, deed: str, key: str) -> dict[str, Any] | None:
        if deed == "subscribe":
            self.asked.set()
            if self._silent:
                await self._ended.wait()
                return None
            self.subscription = await self._outside.subscribe(key)
        elif deed == "unsubscribe":
            self.subscription = None
        return self.subscription

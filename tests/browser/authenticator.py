"""A virtual authenticator: the passkeys of a phone, without the phone."""

from typing import Any

from playwright.async_api import CDPSession, Page


class Authenticator:
    """Whoever is there touches it when asked, and is or is not its owner."""

    def __init__(self, cdp: CDPSession, name: str) -> None:
        self._cdp, self._name = cdp, name

    async def user_verified(self, verified: bool) -> None:
        """Whether face, finger or code are right."""
        order = {"authenticatorId": self._name, "isUserVerified": verified}
        await self._cdp.send("WebAuthn.setUserVerified", order)

    async def somebody_is_there(self, there: bool) -> None:
        """Whether it is touched when asked."""
        order = {"authenticatorId": self._name, "enabled": there}
        await self._cdp.send("WebAuthn.setAutomaticPresenceSimulation", order)

    async def passkeys(self) -> list[dict[str, Any]]:
        """What it keeps."""
        found = await self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._name})
        kept: list[dict[str, Any]] = found["credentials"]
        return kept


async def plug_in(page: Page) -> Authenticator:
    """Give the page's browser an authenticator of its own kind, as phones have."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Authenticator(cdp, made["authenticatorId"])

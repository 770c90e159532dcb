"""Knocking at a row of the table as somebody, and saying in one word what they met."""

from collections.abc import Iterator
from string import Formatter
from typing import Any

import httpx
import msgspec
from litestar import Litestar

from backend.identity import actions as identity
from backend.identity.sessions import cookie_name
from tests.flows.scene import Scene
from tests.flows.table import PERSONAS, Outcome, Row


async def tokens(cast: Any) -> dict[str, str]:
    """A session token of every persona; none for anonymous."""
    return {
        persona: await identity.open_session(
            cast[persona.removesuffix("_by_code")].account_id,
            strong=not persona.endswith("_by_code"),
            device="Test",
        )
        for persona in PERSONAS
        if persona != "anonymous"
    }


def fill(template: Any, scene: Scene) -> Any:
    """The same with every `{name}` of the scene put in its place, through dicts and lists."""
    if isinstance(template, dict):
        return {fill(name, scene): fill(value, scene) for name, value in template.items()}
    if isinstance(template, str) and any(name for _, name, _, _ in Formatter().parse(template)):
        return template.format_map(
            {name: str(value) for name, value in msgspec.structs.asdict(scene).items()}
        )
    return template


async def knock(
    browser: httpx.AsyncClient, row: Row, scene: Scene, token: str | None, **headers: str
) -> httpx.Response:
    """The answer. The browser keeps no cookie between two knocks."""
    browser.cookies.clear()
    sent = {"cookie": f"{cookie_name()}={token}"} if token else {}
    return await browser.request(
        row.method,
        fill(row.path + row.query, scene),
        data=fill(row.form, scene),
        json=fill(row.json, scene),
        headers={**sent, **headers},
    )


def met(answer: httpx.Response, row: Row) -> str:
    """The outcome in a word; the status where it is none of the four."""
    if answer.status_code == 401 or answer.headers.get("location", "").startswith("/connexion?suite="):
        return Outcome.SIGN_IN
    if answer.status_code == 403:
        return Outcome.NO
    if answer.status_code == 404:
        return Outcome.UNKNOWN
    is_in = answer.status_code < 400 or answer.status_code == row.refusal
    return Outcome.IN if is_in else f"status {answer.status_code}"


def routes(app: Litestar) -> Iterator[tuple[str, str]]:
    """Every (method, route) of the app."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield method, route.path

"""Every route says who may enter: a guard, or `opt={"open_to_all": True}` where that is meant."""

from typing import Any

from litestar import Litestar, get
from litestar.routes import HTTPRoute

from backend.identity import guards

OURS = {
    guards.signed_in,
    guards.strong,
    guards.recent_proof,
    guards.desk,
    guards.clinical,
    guards.practitioner,
    guards.owner,
}


def who_may_enter(handler: Any) -> set[Any]:
    """The guards of a handler, its own and those of what it lies in."""
    return {guard for layer in handler.ownership_layers for guard in layer.guards or ()}


def undeclared(app: Litestar) -> list[str]:
    """Routes with neither or with both, and guards that are none of ours."""
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            found.append(f"{route.path} is not HTTP")
            continue
        for handler in route.route_handlers:
            # The framework's own answer to OPTIONS tells nothing but the methods.
            if set(handler.http_methods) == {"OPTIONS"}:
                continue
            entering = who_may_enter(handler)
            if bool(entering) == bool(handler.opt.get("open_to_all")) or entering - OURS:
                found.append(f"{'|'.join(sorted(handler.http_methods))} {route.path}")
    return found


async def test_every_route_says_who_may_enter(app: Litestar) -> None:
    assert undeclared(app) == []


async def test_pages_of_staff_are_guarded_by_a_role(app: Litestar) -> None:
    staff = {guards.desk, guards.clinical, guards.practitioner, guards.owner}
    paths = [route for route in app.routes if route.path.startswith("/bureau")]
    assert paths
    for route in paths:
        for handler in getattr(route, "route_handlers", []):
            if set(handler.http_methods) != {"OPTIONS"}:
                assert who_may_enter(handler) & staff, route.path


def test_a_route_that_forgot_would_be_found() -> None:
    @get("/forgotten")
    async def forgotten() -> str:
        return ""

    @get("/both", guards=[guards.desk], opt={"open_to_all": True})
    async def both() -> str:
        return ""

    assert undeclared(Litestar([forgotten, both], openapi_config=None)) == ["GET /forgotten", "GET /both"]

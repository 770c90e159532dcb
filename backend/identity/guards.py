"""Who may enter a route. Every route names one of these, or says `opt={"open_to_all": True}`.

A guard answers for the function alone; whose appointment or file it is, the repository asks.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Scope

from backend.identity import rules
from backend.identity.model import Role, Viewer
from backend.kit.clock import machine_now

Connection = ASGIConnection[Any, Any, Any, Any]


def viewer_of(connection: Connection) -> Viewer | None:
    """Who is behind a connection, as the session middleware found them."""
    found: Viewer | None = connection.scope.get("user")
    return found


def viewer_in(scope: Scope) -> Viewer:
    """The person whom a guard let in, for handlers that are asked for too often to be given them."""
    return rules.check_signed_in(scope.get("user"))


async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """Anybody with a session, also by a one-time code."""
    rules.check_signed_in(viewer_of(connection))


async def strong(connection: Connection, _: BaseRouteHandler) -> None:
    """Anybody whose session a passkey opened."""
    rules.check_strong(viewer_of(connection))


async def recent_proof(connection: Connection, _: BaseRouteHandler) -> None:
    """Anybody who used their passkey within the last ten minutes."""
    rules.check_recent_proof(viewer_of(connection), machine_now())


async def desk(connection: Connection, _: BaseRouteHandler) -> None:
    """All staff."""
    rules.check_role(viewer_of(connection), *Role)


async def clinical(connection: Connection, _: BaseRouteHandler) -> None:
    """Assistants and practitioners: those who may read answers and alerts."""
    rules.check_role(viewer_of(connection), Role.ASSISTANT, Role.PRACTITIONER)


async def practitioner(connection: Connection, _: BaseRouteHandler) -> None:
    """Practitioners."""
    rules.check_role(viewer_of(connection), Role.PRACTITIONER)


async def owner(connection: Connection, _: BaseRouteHandler) -> None:
    """The owner."""
    rules.check_role(viewer_of(connection), Role.OWNER)

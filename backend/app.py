"""The web app: every feature's routes, and what surrounds each request.

request -> SessionMiddleware -> guards -> refuse_cross_site -> handler
        -> actions -> one transaction -> page, redirect or JSON -> security headers
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import BaseRoute

from backend import health, shell
from backend.booking import api as booking_api
from backend.booking import group_api as booking_group_api
from backend.booking import home_pages
from backend.booking import pages as booking_pages
from backend.calendars import staff_pages as calendar_pages
from backend.checks import check_everything, refuse_open_journal
from backend.desk import duration_pages as desk_duration_pages
from backend.desk import gap_pages, menu_pages
from backend.desk import hours_pages as desk_hours_pages
from backend.desk import live as desk_live
from backend.desk import place_pages as desk_place_pages
from backend.desk import request_pages as desk_request_pages
from backend.desk import staff_pages as desk_pages
from backend.desk import week_pages as desk_week_pages
from backend.families import pages as family_pages
from backend.feeds import own_pages as own_feed_pages
from backend.feeds import pages as feed_pages
from backend.frame import make_frame
from backend.identity import api as identity_api
from backend.identity import pages as identity_pages
from backend.identity.asking import provide_asked
from backend.identity.sessions import SessionMiddleware, provide_viewer
from backend.kit import db, log, problems, render
from backend.kit.listen import on_stop_signal
from backend.kit.security import add_headers, refuse_cross_site
from backend.kit.settings import settings
from backend.outbox.bell import ring
from backend.outbox.publish import set_bell
from backend.practice import staff_pages as practice_pages
from backend.reminders import offer_pages
from backend.reminders import pages as reminder_pages
from backend.triage import api as triage_api
from backend.triage import pages as triage_pages

LARGEST_BODY = 256 * 1024
# A stream is sent as it happens; a compressor would keep it until it has enough.
_COMPRESSION = CompressionConfig(
    backend="gzip", gzip_compress_level=6, minimum_size=1000, exclude=["^/bureau/direct$"]
)
DEPENDENCIES = {"viewer": Provide(provide_viewer), "asked": Provide(provide_asked)}

FEATURES = [
    *shell.ROUTES,
    *health.ROUTES,
    *identity_pages.ROUTES,
    *identity_api.ROUTES,
    *family_pages.ROUTES,
    *calendar_pages.ROUTES,
    *practice_pages.ROUTES,
    *triage_pages.ROUTES,
    *triage_api.ROUTES,
    *home_pages.ROUTES,
    *booking_pages.ROUTES,
    *booking_api.ROUTES,
    *booking_group_api.ROUTES,
    *feed_pages.ROUTES,
    *own_feed_pages.ROUTES,
    *reminder_pages.ROUTES,
    *offer_pages.ROUTES,
    *desk_pages.ROUTES,
    *desk_week_pages.ROUTES,
    *desk_request_pages.ROUTES,
    *desk_place_pages.ROUTES,
    *desk_hours_pages.ROUTES,
    *gap_pages.ROUTES,
    *menu_pages.ROUTES,
    *desk_duration_pages.ROUTES,
]


@asynccontextmanager
async def _with_pool(_: Litestar) -> AsyncIterator[None]:
    await db.open_pool()
    on_stop_signal(desk_live.listener.end)
    try:
        await refuse_open_journal()
        yield
    finally:
        await desk_live.listener.close()
        await db.close_pool()


def create_app() -> Litestar:
    """The app. Stops with every fault named when a setting, the questionnaire or a template is broken."""
    with_demo = settings().demo
    check_everything()
    log.set_up()
    render.set_frame_maker(make_frame)
    set_bell(ring)
    return Litestar(
        route_handlers=[*FEATURES, *(_demo_routes() if with_demo else [])],
        middleware=[SessionMiddleware()],
        before_request=refuse_cross_site,
        before_send=[add_headers],
        exception_handlers=problems.HANDLERS,
        dependencies=DEPENDENCIES,
        request_max_body_size=LARGEST_BODY,
        compression_config=_COMPRESSION,
        lifespan=[_with_pool],
        openapi_config=_openapi_config(),
        logging_config=None,  # the framework would send every library's chatter to our log
    )


def _demo_routes() -> list[Any]:
    # Imported only here: outside the demo none of it exists.
    from backend.demo.pages import ROUTES

    return list(ROUTES)


class _DocumentAlone(Router):
    """Takes the document's route, and not the framework's own "not found" page under the same path."""

    def register(self, value: Any) -> list[BaseRoute]:
        return super().register(value) if "/openapi.json" in value.paths else []


def _openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Quenotte",
        version="1",
        description="The same actions as the pages, with the same sentences. Sign in for a session cookie.",
        use_handler_docstrings=True,
        openapi_router=_DocumentAlone(
            path="/api", route_handlers=[], opt={"open_to_all": True}, include_in_schema=False
        ),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    )


def openapi_text() -> str:
    """The OpenAPI document, indented and in a stable order, as `shared/api/openapi.json` keeps it."""
    # Without settings: the document is the same for every practice, and the demo's doors are not in it.
    app = Litestar(FEATURES, dependencies=DEPENDENCIES, openapi_config=_openapi_config(), logging_config=None)
    schema = app.openapi_schema.to_schema()
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"


def route_lines() -> list[str]:
    """Each route with its methods and who may enter, for `quenotte routes` and for readers."""
    lines = []
    for route in create_app().routes:
        for handler in getattr(route, "route_handlers", []):
            guards = [guard.__name__ for layer in handler.ownership_layers for guard in layer.guards or ()]
            who = ", ".join(guards) or ("everybody" if handler.opt.get("open_to_all") else "NOT DECLARED")
            methods = "|".join(sorted(method for method in handler.http_methods if method != "OPTIONS"))
            if methods:
                lines.append(f"{methods:10} {route.path:55} {who}")
    return sorted(lines, key=lambda line: line.split()[1])


def __getattr__(name: str) -> Litestar:
    """`backend.app:app` for the server; made when asked for, so that importing needs no settings."""
    if name == "app":
        return create_app()
    raise AttributeError(name)

"""Refusals become a page, or `application/problem+json` (RFC 9457) under `/api/`. The rest is a bug.

A bug is logged under an incident number that the page shows; the person sees no trace and no message.
"""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from asyncpg.exceptions import CharacterNotInRepertoireError, UntranslatableCharacterError
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Redirect
from litestar.types import ASGIApp, Receive, Scope, Send

from backend.kit import i18n
from backend.kit.errors import NotFound, Refusal, SignInNeeded, Unavailable
from backend.kit.forms import FormErrors
from backend.kit.log import log
from backend.kit.render import AnyRequest, page

PROBLEM_JSON = "application/problem+json"
UNREADABLE = (
    RecursionError,
    UnicodeDecodeError,
    CharacterNotInRepertoireError,
    UntranslatableCharacterError,
)
RETRY_AFTER_SECONDS = "2"
NOTED = frozenset({401, 403, 404, 429})
_KEY_BY_STATUS = {
    400: "kit.bad_request",
    404: "kit.not_found",
    405: "kit.not_found",
    413: "kit.too_large",
    422: "kit.bad_request",
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A refusal as JSON (RFC 9457): `title` is the sentence to show, `key` its stable name.

    `mistakes` names fields, each with its sentence.
    """

    type: str
    title: str
    status: int
    key: str
    mistakes: dict[str, str] = {}


_SAID = {
    400: "The request cannot be read, or brings fields that are not the client's to give",
    401: "Nobody is signed in, or not strongly enough",
    403: "Not for this person",
    404: "Unknown, or another family's: the two look the same",
    409: "Not any more, or not yet; the sentence says which",
    422: "Read, but not possible as it stands",
}


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """What an operation may answer instead, for the OpenAPI document."""
    return {
        status: ResponseSpec(
            Problem, description=_SAID[status], media_type=PROBLEM_JSON, generate_examples=False
        )
        for status in statuses
    }


class ErrorView(msgspec.Struct, frozen=True):
    """What the error page prints."""

    title: str
    sentence: str
    status: int
    incident: str | None = None
    href: str | None = None
    words: str | None = None


def wants_json(request: AnyRequest) -> bool:
    """Whether this request came to the JSON API."""
    return request.url.path.startswith("/api/") or request.url.path.endswith(".json")


def _locale(request: AnyRequest) -> str:
    viewer = request.scope.get("user")
    return getattr(viewer, "locale", None) or i18n.best_locale(request.headers.get("accept-language"))


def problem(key: str, status: int, locale: str, /, **extra: object) -> Response[dict[str, Any]]:
    """A problem document: `title` is the sentence, `key` its stable name, the rest helps the client."""
    values = extra.pop("values", {})
    assert isinstance(values, dict)
    body = {
        "type": f"urn:quenotte:{key}",
        "title": i18n.t(locale, key, **values),
        "status": status,
        "key": key,
    }
    return Response({**body, **extra}, status_code=status, media_type=PROBLEM_JSON)


async def on_refusal(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    """A refusal that no page caught: its sentence, on a page of its own or as JSON."""
    answer = await _refused(request, refusal)
    if refusal.status in NOTED:
        # Who tries doors shows in the log by the pattern, without a name or an id.
        log.info("refused", method=request.method, route=_route(request), status=refusal.status)
    if isinstance(refusal, Unavailable):
        answer.set_header("Retry-After", RETRY_AFTER_SECONDS)
    return answer


async def _refused(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    locale = _locale(request)
    if wants_json(request):
        extra: dict[str, object] = {"values": refusal.values}
        if isinstance(refusal, FormErrors):
            extra["mistakes"] = {
                field: i18n.t(locale, key, **values) for field, (key, values) in refusal.mistakes.items()
            }
        extra.update(getattr(refusal, "extra", {}))
        return problem(refusal.key, refusal.status, locale, **extra)
    if isinstance(refusal, SignInNeeded) and request.method == "GET":
        return Redirect(f"/connexion?suite={request.url.path}")
    sentence = i18n.t(locale, refusal.key, **refusal.values)
    if isinstance(refusal, SignInNeeded):
        words = i18n.t(locale, "kit.sign_in")
        return await _error_page(request, sentence, refusal.status, href="/connexion", words=words)
    return await _error_page(request, sentence, refusal.status)


async def on_http_exception(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """The framework's own refusals (no such route, not readable as JSON), in our words."""
    status = 400 if isinstance(error, ValidationException) else error.status_code
    if status >= 500:
        return await on_bug(request, error)
    key = _KEY_BY_STATUS.get(status, NotFound.key if status == 404 else "kit.bad_request")
    if wants_json(request):
        return problem(key, status, _locale(request))
    return await _error_page(request, i18n.t(_locale(request), key), status)


async def on_bug(request: AnyRequest, error: Exception) -> Response[Any]:
    """Anything else: logged with where it broke (no values), shown as a number to quote."""
    incident = secrets.token_hex(4).upper()
    log.error("bug", incident=incident, method=request.method, route=_route(request), exc=error)
    locale = _locale(request)
    if wants_json(request):
        return problem("kit.bug", 500, locale, values={"incident": incident})
    sentence = i18n.t(locale, "kit.bug", incident=incident)
    return await _error_page(request, sentence, 500, incident)


def _route(request: AnyRequest) -> str:
    """The route's template, never the path itself: ids stay out of the logs."""
    return str(request.scope.get("path_template", "unrouted"))


async def _error_page(
    request: AnyRequest,
    sentence: str,
    status: int,
    incident: str | None = None,
    href: str | None = None,
    words: str | None = None,
) -> Response[str]:
    title = i18n.t(_locale(request), "kit.error_title" if status >= 500 else "kit.refusal_title")
    view = ErrorView(title, sentence, status, incident, href, words)
    return await page(request, "_layout/error.html", view, status=status)


class _Later:
    """An answer still to be awaited. Litestar calls exception handlers without awaiting them, and ours ask
    the database for the page's frame."""

    def __init__(self, answer: Awaitable[Response[Any]]) -> None:
        self._answer = answer

    def to_asgi_response(self, **how: Any) -> ASGIApp:
        """What Litestar asks of a response; the waiting happens inside."""

        async def send_it(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await self._answer
            await answer.to_asgi_response(**how)(scope, receive, send)

        return send_it


def _awaited(handler: Callable[[AnyRequest, Any], Awaitable[Response[Any]]]) -> Callable[..., _Later]:
    return lambda request, error: _Later(handler(request, error))


async def on_unreadable(request: AnyRequest, _: Exception) -> Response[Any]:
    """JSON nested more deeply than anybody writes, bytes that are no text, text with a NUL in it, which no
    column can hold: not our bug."""
    return await on_http_exception(request, ValidationException())


HANDLERS: dict[Any, Any] = {
    Refusal: _awaited(on_refusal),
    HTTPException: _awaited(on_http_exception),
    **dict.fromkeys(UNREADABLE, _awaited(on_unreadable)),
    Exception: _awaited(on_bug),
}

"""Signing up, in and out. Every page works without script; the passkey button is what script adds."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from backend.identity import account_pages, actions, codes, forms, repository, rules
from backend.identity.guards import viewer_of
from backend.identity.model import Entered, Purpose
from backend.identity.passkey_repository import passkeys_of
from backend.identity.sessions import cookie, device_of, no_cookie
from backend.identity.views import CodeView, InvitationView, SignInView, SignUpView
from backend.kit import i18n
from backend.kit.clock import machine_now
from backend.kit.errors import Refusal
from backend.kit.forms import FormErrors
from backend.kit.paths import safe_path
from backend.kit.render import AnyRequest, page

OPEN: dict[str, Any] = {"opt": {"open_to_all": True}, "include_in_schema": False}
WELCOME = "/famille/bienvenue"


@get("/connexion", **OPEN)
async def show_sign_in(request: AnyRequest, suite: FromQuery[str] = "/") -> Response[str]:
    """The two ways in: passkey, or a code by e-mail."""
    return await _sign_in_page(request, suite)


@post("/connexion", **OPEN)
async def ask_for_code(request: AnyRequest) -> Response[Any]:
    """Ask for a code. The answer is the same whether or not the address has an account."""
    posted = dict(await request.form())
    suite = str(posted.get("suite", ""))
    try:
        email = forms.read_email(posted)
        code_id = await codes.ask(email, Purpose.SIGN_IN, locale=_locale(request), client=_client(request))
    except FormErrors as mistakes:
        return await _sign_in_page(request, suite, mistakes)
    except rules.TooManyCodes as refusal:
        return await _sign_in_page(request, suite, _at("email", refusal, posted), refusal.status)
    return _to_code(code_id, suite)


@get("/connexion/code", **OPEN)
async def show_code(
    request: AnyRequest, demande: FromQuery[str] = "", suite: FromQuery[str] = "/"
) -> Response[Any]:
    """Where the six digits are typed."""
    code_id = forms.read_code_id({"demande": demande})
    if code_id is None:
        return Redirect("/connexion")
    view = CodeView(code_id=code_id, suite=safe_path(suite))
    return await page(request, "identity/code.html", view)


@post("/connexion/code", **OPEN)
async def enter_code(request: AnyRequest) -> Response[Any]:
    """Come in by the six digits."""
    posted = dict(await request.form())
    suite, code_id = safe_path(str(posted.get("suite", ""))), forms.read_code_id(posted)
    if code_id is None:
        return Redirect("/connexion", status_code=303)
    try:
        typed = forms.read_code(posted)
        entered = await actions.enter_code(code_id, typed, viewer=viewer_of(request), device=_device(request))
    except FormErrors as mistakes:
        view = CodeView(code_id=code_id, suite=suite, form=mistakes)
        return await page(request, "identity/code.html", view, status=mistakes.status)
    except (rules.CodeRefused, rules.CodeSpent, rules.EmailTaken) as refusal:
        view = CodeView(code_id=code_id, suite=suite, form=_at("code", refusal, posted))
        return await page(request, "identity/code.html", view, status=refusal.status)
    return _come_in(entered, suite)


@get("/inscription", **OPEN)
async def show_sign_up(request: AnyRequest, suite: FromQuery[str] = "/") -> Response[str]:
    """A new person's page."""
    view = SignUpView(suite=safe_path(suite))
    return await page(request, "identity/sign_up.html", view)


@post("/inscription", **OPEN)
async def sign_up(request: AnyRequest) -> Response[Any]:
    """Ask for a code that proves the new address; an address with an account gets one just the same."""
    posted = dict(await request.form())
    suite = safe_path(str(posted.get("suite", "")))
    locale = _locale(request)
    try:
        wanted = forms.read_sign_up(posted, locale)
        code_id = await codes.ask(
            wanted.email, Purpose.SIGN_UP, locale=locale, client=_client(request), sign_up=wanted
        )
    except FormErrors as mistakes:
        view = SignUpView(suite=suite, form=mistakes)
        return await page(request, "identity/sign_up.html", view, status=mistakes.status)
    except rules.TooManyCodes as refusal:
        view = SignUpView(suite=suite, form=_at("email", refusal, posted))
        return await page(request, "identity/sign_up.html", view, status=refusal.status)
    return _to_code(code_id, suite)


@post("/deconnexion", **OPEN)
async def sign_out(request: AnyRequest) -> Response[None]:
    """End the session here and on the server; twice does no harm.

    The browser's cache goes, pages kept for the way back too. Its storage stays: it holds the shell and the
    emergency card, which are everybody's, and personal caches are taken away by the page's own module.
    """
    viewer = viewer_of(request)
    if viewer:
        await actions.end_session(viewer, viewer.session_id)
    answer: Response[None] = Redirect("/", status_code=303)
    answer.set_cookie(no_cookie())
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@get("/invitation/{token:str}", **OPEN)
async def show_invitation(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """The form behind an invitation; opening it uses nothing up."""
    return await _invitation_page(request, token)


@post("/invitation/{token:str}", **OPEN)
async def accept_invitation(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Create the invited person's account, then on to their passkey."""
    try:
        wanted = forms.read_invitation(dict(await request.form()))
        entered = await actions.accept_invitation(
            token, wanted, locale=_locale(request), device=_device(request)
        )
    except FormErrors as mistakes:
        return await _invitation_page(request, token, mistakes)
    return _come_in(entered, "/bureau")


async def _sign_in_page(
    request: AnyRequest, suite: str, form: FormErrors | None = None, status: int | None = None
) -> Response[str]:
    viewer = viewer_of(request)
    stronger = viewer is not None and not viewer.strong
    view = SignInView(
        suite=safe_path(suite),
        form=form,
        stronger=stronger,
        may_create=stronger and viewer is not None and not await passkeys_of(viewer.account_id),
    )
    return await page(request, "identity/sign_in.html", view, status=status or (form.status if form else 200))


async def _invitation_page(request: AnyRequest, token: str, form: FormErrors | None = None) -> Response[str]:
    role = await repository.invitation_role(token, machine_now())
    if role is None:
        raise rules.InvitationRefused
    view = InvitationView(
        action=request.url.path, role=i18n.t(_locale(request), f"identity.role_{role}"), form=form
    )
    return await page(request, "identity/invitation.html", view, status=form.status if form else 200)


def _to_code(code_id: UUID, suite: str) -> Redirect:
    query = urlencode({"demande": code_id, "suite": safe_path(suite)})
    return Redirect(f"/connexion/code?{query}", status_code=303)


def _come_in(entered: Entered, suite: str) -> Response[None]:
    """Redirect with the new session's cookie; a new account goes by its first passkey."""
    path = suite
    if entered.is_new:
        after = suite if entered.role else WELCOME
        path = "/compte/cles/nouvelle?" + urlencode({"suite": after})
    answer: Response[None] = Redirect(path, status_code=303)
    if entered.token:
        answer.set_cookie(cookie(entered.token, entered.role))
    return answer


def _at(field: str, refusal: Refusal, posted: dict[str, Any]) -> FormErrors:
    """A refusal shown at its field, with what was typed."""
    typed = {name: value for name, value in posted.items() if isinstance(value, str)}
    return FormErrors({field: (refusal.key, refusal.values)}, typed)


def _locale(request: AnyRequest) -> str:
    viewer = viewer_of(request)
    return viewer.locale if viewer else i18n.best_locale(request.headers.get("accept-language"))


def _client(request: AnyRequest) -> str:
    return request.client.host if request.client else "unknown"


def _device(request: AnyRequest) -> str:
    return device_of(request.headers.get("user-agent"))


ROUTES = [
    show_sign_in,
    ask_for_code,
    show_code,
    enter_code,
    show_sign_up,
    sign_up,
    sign_out,
    show_invitation,
    accept_invitation,
    *account_pages.ROUTES,
]

"""The account: who I am, how I am reached, what opens it, where it is open."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from backend.identity import (
    actions,
    codes,
    device_repository,
    devices,
    forms,
    passkey_actions,
    passkey_repository,
    repository,
    rules,
    views,
)
from backend.identity.guards import recent_proof, signed_in, strong
from backend.identity.model import PasskeyLine, Purpose, Viewer
from backend.kit.clock import machine_now
from backend.kit.errors import NotFound
from backend.kit.forms import FormErrors
from backend.kit.paths import safe_path
from backend.kit.phones import said_phone
from backend.kit.render import AnyRequest, page

PAGE: dict[str, Any] = {"include_in_schema": False}


@get("/compte", guards=[signed_in], **PAGE)
async def show_account(
    request: AnyRequest, viewer: NamedDependency[Viewer], fait: FromQuery[str] = ""
) -> Response[str]:
    """Everything about one's account on one page."""
    return await _account_page(request, viewer, done=bool(fait))


@post("/compte/coordonnees", guards=[signed_in], **PAGE)
async def change_details(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Correct name or phone."""
    try:
        details = forms.read_details(dict(await request.form()))
    except FormErrors as mistakes:
        return await _account_page(request, viewer, details=mistakes)
    await actions.change_details(viewer, details)
    return _done()


@post("/compte/canaux", guards=[signed_in], **PAGE)
async def change_channels(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Choose anew by which channels messages come."""
    channels = forms.read_channels(dict(await request.form()), viewer.locale)
    await actions.change_channels(viewer, channels)
    return _done()


@get("/compte/email", guards=[recent_proof], **PAGE)
async def show_email(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Where a new address is typed."""
    return await _email_page(request, viewer)


@post("/compte/email", guards=[recent_proof], **PAGE)
async def change_email(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Send a code to the new address; it counts once the code comes back."""
    posted = dict(await request.form())
    try:
        email = forms.read_email(posted)
        code_id = await codes.ask(
            email,
            Purpose.CHANGE_EMAIL,
            locale=viewer.locale,
            client=request.client.host if request.client else "unknown",
            account_id=viewer.account_id,
        )
    except FormErrors as mistakes:
        return await _email_page(request, viewer, mistakes)
    except rules.TooManyCodes as refusal:
        form = FormErrors({"email": (refusal.key, refusal.values)}, {"email": email})
        return await _email_page(request, viewer, form)
    query = urlencode({"demande": code_id, "suite": "/compte?fait=1"})
    return Redirect(f"/connexion/code?{query}", status_code=303)


@get("/compte/cles/nouvelle", guards=[signed_in], **PAGE)
async def show_new_passkey(
    request: AnyRequest, viewer: NamedDependency[Viewer], suite: FromQuery[str] = "/compte"
) -> Response[Any]:
    """Where a passkey is made, or left for later. Another one needs a fresh proof by one that exists."""
    has_passkey = bool(await passkey_repository.credential_ids(viewer.account_id))
    rules.check_new_passkey(viewer, has_passkey, machine_now())
    view = views.NewPasskeyView(suite=safe_path(suite, "/compte"))
    return await page(request, "identity/new_passkey.html", view)


@get("/compte/cles/{passkey_id:uuid}", guards=[strong], **PAGE)
async def show_passkey(
    request: AnyRequest, viewer: NamedDependency[Viewer], passkey_id: FromPath[UUID]
) -> Response[str]:
    """One passkey: its name, and the way to remove it."""
    return await _passkey_page(request, viewer, passkey_id)


@post("/compte/cles/{passkey_id:uuid}", guards=[strong], **PAGE)
async def rename_passkey(
    request: AnyRequest, viewer: NamedDependency[Viewer], passkey_id: FromPath[UUID]
) -> Response[Any]:
    """Call a passkey by another name."""
    try:
        name = forms.read_passkey_name(dict(await request.form()))
    except FormErrors as mistakes:
        return await _passkey_page(request, viewer, passkey_id, mistakes)
    await passkey_actions.rename(viewer, passkey_id, name)
    return _done()


@get("/compte/cles/{passkey_id:uuid}/retirer", guards=[recent_proof], **PAGE)
async def show_remove_passkey(
    request: AnyRequest, viewer: NamedDependency[Viewer], passkey_id: FromPath[UUID]
) -> Response[str]:
    """Ask before a passkey is removed."""
    known, found = await _own_passkey(viewer, passkey_id)
    view = views.RemovePasskeyView(action=request.url.path, name=found.name, is_last=len(known) == 1)
    return await page(request, "identity/remove_passkey.html", view)


@post("/compte/cles/{passkey_id:uuid}/retirer", guards=[recent_proof], **PAGE)
async def remove_passkey(viewer: NamedDependency[Viewer], passkey_id: FromPath[UUID]) -> Response[Any]:
    """Forget a passkey."""
    await passkey_actions.remove(viewer, passkey_id)
    return _done()


@post("/compte/sessions/{session_id:uuid}/fermer", guards=[signed_in], **PAGE)
async def end_session(viewer: NamedDependency[Viewer], session_id: FromPath[UUID]) -> Response[Any]:
    """Sign one of one's browsers out."""
    await actions.end_session(viewer, session_id)
    return _done()


@post("/compte/sessions/fermer-les-autres", guards=[signed_in], **PAGE)
async def end_other_sessions(viewer: NamedDependency[Viewer]) -> Response[Any]:
    """Sign all one's browsers out but this one."""
    await actions.end_other_sessions(viewer)
    return _done()


@post("/compte/appareils/{device_id:uuid}/retirer", guards=[signed_in], **PAGE)
async def remove_device(viewer: NamedDependency[Viewer], device_id: FromPath[UUID]) -> Response[Any]:
    """Take a device from those that receive notifications."""
    await devices.remove(viewer, device_id)
    return _done()


async def _account_page(
    request: AnyRequest, viewer: Viewer, *, done: bool = False, details: FormErrors | None = None
) -> Response[str]:
    account = await repository.account(viewer.account_id)
    view = views.AccountView(
        account=account,
        phone=said_phone(account.phone) if account.phone else "",
        passkeys=views.passkey_lines(await passkey_repository.passkeys_of(viewer.account_id), viewer.locale),
        sessions=views.session_lines(
            await repository.open_sessions(viewer.account_id, machine_now()), viewer, viewer.locale
        ),
        devices=views.device_lines(await device_repository.devices_of(viewer.account_id), viewer.locale),
        strong=viewer.strong,
        done=done,
        details=details,
    )
    return await page(request, "identity/account.html", view, status=details.status if details else 200)


async def _own_passkey(viewer: Viewer, passkey_id: UUID) -> tuple[list[PasskeyLine], PasskeyLine]:
    """All the viewer's passkeys, and the one of that id; `NotFound` where it is not theirs."""
    known = await passkey_repository.passkeys_of(viewer.account_id)
    found = next((one for one in known if one.id == passkey_id), None)
    if found is None:
        raise NotFound
    return known, found


async def _passkey_page(
    request: AnyRequest, viewer: Viewer, passkey_id: UUID, form: FormErrors | None = None
) -> Response[str]:
    _, found = await _own_passkey(viewer, passkey_id)
    line = views.passkey_lines([found], viewer.locale)[0]
    view = views.PasskeyView(passkey=line, form=form)
    return await page(request, "identity/passkey.html", view, status=form.status if form else 200)


async def _email_page(request: AnyRequest, viewer: Viewer, form: FormErrors | None = None) -> Response[str]:
    account = await repository.account(viewer.account_id)
    view = views.EmailView(email=account.email or "", form=form)
    return await page(request, "identity/email.html", view, status=form.status if form else 200)


def _done() -> Redirect:
    return Redirect("/compte?fait=1", status_code=303)


ROUTES = [
    show_account,
    change_details,
    change_channels,
    show_email,
    change_email,
    show_new_passkey,
    show_passkey,
    rename_passkey,
    show_remove_passkey,
    remove_passkey,
    end_session,
    end_other_sessions,
    remove_device,
]

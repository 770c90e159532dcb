"""Accounts and sessions: opened by a proof, changed and ended by the person, never prolonged in secret."""

from uuid import UUID

from backend.audit.model import HOST, Actor, ActorKind
from backend.audit.record import record
from backend.identity import code_repository, codes, device_repository, repository, rules
from backend.identity.model import (
    AcceptInvitation,
    Account,
    Channels,
    Code,
    Details,
    Entered,
    Purpose,
    Role,
    Viewer,
)
from backend.kit import db
from backend.kit.clock import machine_now
from backend.kit.errors import NotFound
from backend.kit.forms import FormErrors
from backend.kit.ids import new_id, new_token


async def open_session(
    account_id: UUID, strong: bool, device: str, *, replacing: Viewer | None = None
) -> str:
    """Open a session and give its token, which goes into the cookie and is stored nowhere.

    `replacing` is whose session this browser had until now. Every proof gets a token of its own, so a token
    that somebody planted before the proof opens nothing after it.
    """
    now, session_id, token = machine_now(), new_id(), new_token()
    async with db.transaction():
        role = await repository.role_of(account_id, now)
        await repository.add_session(
            session_id,
            token,
            account_id,
            strong=strong,
            device=device,
            now=now,
            expires_at=now + rules.longest(role),
        )
        actor = Actor(ActorKind.ACCOUNT, account_id, session_id)
        await record(actor, "session.open", ("session", session_id), strong=strong)
        if replacing:
            await _replace(replacing, account_id, session_id)
    return token


async def _replace(old: Viewer, account_id: UUID, session_id: UUID) -> None:
    if old.account_id == account_id:
        # The same person proved themselves again: their phone goes on receiving.
        await device_repository.hand_over(old.session_id, session_id)
    await repository.end_session(old.account_id, old.session_id, machine_now())


async def end_session(viewer: Viewer, session_id: UUID) -> None:
    """Sign one of the viewer's browsers out, this one or another; it receives no more pushes."""
    async with db.transaction():
        if not await repository.end_session(viewer.account_id, session_id, machine_now()):
            raise NotFound
        await record(viewer.actor, "session.end", ("session", session_id))


async def end_other_sessions(viewer: Viewer) -> None:
    """Sign all the viewer's browsers out but this one."""
    now = machine_now()
    async with db.transaction():
        for line in await repository.open_sessions(viewer.account_id, now):
            if line.id != viewer.session_id:
                await repository.end_session(viewer.account_id, line.id, now)
                await record(viewer.actor, "session.end", ("session", line.id))


async def enter_code(code_id: UUID, typed: str, *, viewer: Viewer | None, device: str) -> Entered:
    """Come in by a code, or prove a new address by one. Raises what `codes.redeem` raises."""
    code = await codes.redeem(code_id, typed)
    async with db.transaction():
        if not await code_repository.use(code.id, machine_now()):
            raise rules.CodeSpent
        if code.purpose is Purpose.CHANGE_EMAIL:
            return await _prove_new_email(code, viewer)
        return await _come_in(code, viewer, device)


async def _come_in(code: Code, viewer: Viewer | None, device: str) -> Entered:
    now = machine_now()
    account = await repository.account_by_email(code.email)
    is_new = account is None
    if account is None:
        account = await _create(code)
    if await repository.role_of(account.id, now):
        raise rules.CodeRefused
    await repository.confirm_email(account.id, now)
    token = await open_session(account.id, strong=False, device=device, replacing=viewer)
    return Entered(account.id, token, is_new=is_new)


async def _create(code: Code) -> Account:
    """The account of somebody who signed up and has just proven the address."""
    if code.sign_up is None:
        raise rules.CodeRefused
    details, channels = code.sign_up.details, code.sign_up.channels
    account = Account(
        id=new_id(),
        given_name=details.given_name,
        family_name=details.family_name,
        email=code.email,
        phone=details.phone,
        locale=code.locale,
        wants_push=channels.wants_push,
        wants_email=channels.wants_email,
    )
    if not await repository.add_account(account, channels, machine_now(), confirmed=True):
        raise rules.CodeSpent  # another code of the same address was entered in this very moment
    await record(Actor(ActorKind.ACCOUNT, account.id), "account.create", ("account", account.id))
    return account


async def _prove_new_email(code: Code, viewer: Viewer | None) -> Entered:
    if viewer is None or viewer.account_id != code.account_id:
        raise rules.CodeRefused
    if not await repository.change_email(viewer.account_id, code.email, machine_now()):
        raise rules.EmailTaken
    await record(viewer.actor, "account.change_email", ("account", viewer.account_id))
    return Entered(viewer.account_id, None)


async def change_details(viewer: Viewer, details: Details) -> None:
    """Correct one's name or phone."""
    async with db.transaction():
        await repository.change_details(viewer.account_id, details)
        await record(viewer.actor, "account.change_details", ("account", viewer.account_id))


async def change_channels(viewer: Viewer, channels: Channels) -> None:
    """Choose anew by which channels messages come."""
    async with db.transaction():
        await repository.change_channels(viewer.account_id, channels, machine_now())
        await record(
            viewer.actor,
            "account.change_channels",
            ("account", viewer.account_id),
            push=channels.wants_push,
            email=channels.wants_email,
            text=channels.text_version,
        )


async def invite_owner() -> str:
    """A one-use path with which the practice's owner creates their account, within a day. For the host."""
    now, invitation_id, token = machine_now(), new_id(), new_token()
    async with db.transaction():
        await repository.add_invitation(invitation_id, token, Role.OWNER, now, now + rules.INVITATION_LASTS)
        await record(HOST, "invitation.create", ("invitation", invitation_id), role=Role.OWNER)
    return f"/invitation/{token}"


async def accept_invitation(token: str, wanted: AcceptInvitation, *, locale: str, device: str) -> Entered:
    """Create the account of an invited member of staff; it opens once a passkey is made.

    An address that has an account is a mistake at the field, and leaves the invitation unused.
    """
    now = machine_now()
    account = Account(
        id=new_id(),
        given_name=wanted.given_name,
        family_name=wanted.family_name,
        email=wanted.email,
        phone=None,
        locale=locale,
        wants_push=False,
        wants_email=True,
    )
    async with db.transaction():
        role = await repository.use_invitation(token, now)
        if role is None:
            raise rules.InvitationRefused
        if not await repository.add_account(account, None, now, confirmed=False):
            raise FormErrors({"email": ("identity.email_taken", {})}, wanted.typed)
        await repository.add_staff_member(account.id, role, now)
        actor = Actor(ActorKind.ACCOUNT, account.id)
        await record(actor, "invitation.accept", ("account", account.id), role=role)
        session_token = await open_session(account.id, strong=False, device=device)
    return Entered(account.id, session_token, role, is_new=True)

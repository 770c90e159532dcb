"""Passkeys: made, used, renamed, removed. `passkeys` checks the ceremony, here is what follows from it."""

from typing import Any
from uuid import UUID

from backend.audit.model import Actor, ActorKind
from backend.audit.record import record
from backend.identity import passkey_repository, passkeys, repository, rules
from backend.identity.actions import open_session
from backend.identity.model import Credential, Entered, Viewer
from backend.identity.passkeys import PasskeyAnswer, PasskeyFrozen, PasskeyRefused, PasskeyUnknown
from backend.kit import db
from backend.kit.clock import machine_now
from backend.kit.errors import NotFound
from backend.kit.ids import new_challenge, new_id

REGISTER, SIGN_IN = "register", "sign_in"


async def registration_options(viewer: Viewer) -> dict[str, Any]:
    """Options for a new passkey of the viewer, with a challenge that serves once within five minutes."""
    known = await passkey_repository.credential_ids(viewer.account_id)
    now = machine_now()
    rules.check_new_passkey(viewer, bool(known), now)
    account = await repository.account(viewer.account_id)
    challenge = new_challenge()
    await passkey_repository.add_challenge(
        challenge, REGISTER, viewer.account_id, now, now + rules.CHALLENGE_LASTS
    )
    return passkeys.registration_options(account, challenge, known)


async def register(viewer: Viewer, answer: PasskeyAnswer, device: str) -> Entered:
    """Keep a new passkey and open a strong session in place of this one."""
    challenge = await _taken(answer, REGISTER, viewer.account_id)
    made = passkeys.check_registration(answer, challenge)
    now, passkey_id = machine_now(), new_id()
    async with db.transaction():
        # Asked again, under a lock: of two answers at once only one is an account's first passkey.
        await repository.lock_account(viewer.account_id)
        known = await passkey_repository.credential_ids(viewer.account_id)
        rules.check_new_passkey(viewer, bool(known), now)
        if not await passkey_repository.add_passkey(passkey_id, viewer.account_id, made, device, now):
            raise PasskeyRefused
        await record(viewer.actor, "passkey.add", ("passkey", passkey_id), backed_up=made.backed_up)
        token = await open_session(viewer.account_id, strong=True, device=device, replacing=viewer)
    return Entered(viewer.account_id, token, viewer.role)


async def sign_in_options() -> dict[str, Any]:
    """Options for signing in, with a challenge that serves once within five minutes."""
    now, challenge = machine_now(), new_challenge()
    await passkey_repository.add_challenge(challenge, SIGN_IN, None, now, now + rules.CHALLENGE_LASTS)
    return passkeys.sign_in_options(challenge)


async def sign_in(answer: PasskeyAnswer, device: str, *, replacing: Viewer | None) -> Entered:
    """Open a strong session by a passkey. `replacing` is whose session this browser had until now."""
    challenge = await _taken(answer, SIGN_IN, None)
    async with db.transaction():
        credential = await passkey_repository.lock_credential(passkeys.credential_id_in(answer))
        if credential is None:
            raise PasskeyUnknown
        if credential.frozen_at is not None:
            raise PasskeyFrozen
        count, backed_up = passkeys.check_sign_in(answer, challenge, credential)
        if not passkeys.count_went_back(credential.sign_count, count):
            return await _come_in(credential, count, backed_up, device, replacing)
        await _freeze(credential)
    # Outside the transaction: the refusal must not undo the freezing.
    raise PasskeyFrozen


async def _taken(answer: PasskeyAnswer, purpose: str, account_id: UUID | None) -> bytes:
    """The challenge of an answer, taken away before anything is checked: a failed answer spends it too."""
    challenge = passkeys.challenge_in(answer)
    if not await passkey_repository.take_challenge(challenge, purpose, account_id, machine_now()):
        raise PasskeyRefused
    return challenge


async def _come_in(
    credential: Credential, count: int, backed_up: bool, device: str, replacing: Viewer | None
) -> Entered:
    now = machine_now()
    await passkey_repository.mark_used(credential.id, count, backed_up, now)
    token = await open_session(credential.account_id, strong=True, device=device, replacing=replacing)
    return Entered(credential.account_id, token, await repository.role_of(credential.account_id, now))


async def _freeze(credential: Credential) -> None:
    await passkey_repository.freeze(credential.id, machine_now())
    actor = Actor(ActorKind.ACCOUNT, credential.account_id)
    await record(actor, "passkey.freeze", ("passkey", credential.id))


async def rename(viewer: Viewer, passkey_id: UUID, name: str) -> None:
    """Call a passkey by another name."""
    async with db.transaction():
        if not await passkey_repository.rename(viewer.account_id, passkey_id, name):
            raise NotFound
        await record(viewer.actor, "passkey.rename", ("passkey", passkey_id))


async def remove(viewer: Viewer, passkey_id: UUID) -> None:
    """Forget a passkey. `LastPasskey` for staff, who have no other way in."""
    async with db.transaction():
        usable = await passkey_repository.lock_passkeys(viewer.account_id)
        if viewer.is_staff and usable == [passkey_id]:
            raise rules.LastPasskey
        if not await passkey_repository.remove(viewer.account_id, passkey_id):
            raise NotFound
        await record(viewer.actor, "passkey.remove", ("passkey", passkey_id))

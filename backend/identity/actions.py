"""Sessions: opened by a proof, ended by the person, never prolonged in secret."""

from uuid import UUID

from backend.audit.model import Actor, ActorKind
from backend.audit.record import record
from backend.identity import repository, rules
from backend.identity.model import Viewer
from backend.kit import db
from backend.kit.clock import machine_now
from backend.kit.errors import NotFound
from backend.kit.ids import new_id, new_token


async def open_session(account_id: UUID, strong: bool, device: str, *, replacing: UUID | None = None) -> str:
    """Open a session and give its token, which goes into the cookie and is stored nowhere.

    `replacing` is the session that this browser had until now: every proof gets a token of its own, so
    a token that somebody planted before the proof opens nothing after it.
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
            await repository.end_session(account_id, replacing, now)
    return token


async def end_session(viewer: Viewer, session_id: UUID) -> None:
    """Sign one of the viewer's browsers out, this one or another."""
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

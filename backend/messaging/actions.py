"""Owing a message. Nothing is sent here: the row exists if, and only if, the transaction commits."""

from datetime import datetime
from uuid import UUID

from backend.kit import db
from backend.messaging import repository, rules


async def owe(
    *,
    kind: str,
    occasion: str,
    account_id: UUID,
    subject_id: UUID,
    subject_version: int,
    due_at: datetime,
    useless_after: datetime,
) -> bool:
    """Owe a person one message about one version of one thing; False when it is owed already.

    Both times are business time. `kind` is one of `shared/messages/catalogue.json`, `occasion` tells two
    messages of that kind apart ("J-2").
    """
    assert db.in_transaction(), f"{kind} is owed outside a transaction"
    return await repository.add(
        kind=kind,
        occasion=occasion,
        account_id=account_id,
        subject_id=subject_id,
        subject_version=subject_version,
        due_at=due_at,
        useless_after=useless_after,
    )


def leaves_at(now: datetime, zone: str) -> datetime:
    """When a message that keeps the quiet hours of `zone` (IANA) leaves if it is owed now."""
    return rules.quiet_until(now, zone) or now

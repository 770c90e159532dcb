"""The history of the practice's set-up: whole states before and after, added and never changed."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from backend.kit import db
from backend.kit.ids import new_id

T = TypeVar("T")
MOST_SHOWN = 30

_CHANGES = """
select c.id, c.changed_at, c.account_id, a.given_name, c.before, c.after
from practice_change c left join account a on a.id = c.account_id
where c.kind = $1 and c.key = $2
"""


class Edit(msgspec.Struct, frozen=True):
    """One change of one thing. `before` and `after` are JSON; `who` is None for a file that was loaded."""

    id: UUID
    changed_at: datetime
    account_id: UUID | None
    who: str | None
    before: str | None
    after: str

    def state_before(self, kind: type[T]) -> T | None:
        """The thing as it stood before; None where it was new."""
        return None if self.before is None else msgspec.json.decode(self.before, type=kind)

    def state_after(self, kind: type[T]) -> T:
        """The thing as this change left it."""
        return msgspec.json.decode(self.after, type=kind)


async def add(account_id: UUID | None, thing: tuple[str, str], before: object, after: object) -> UUID:
    """Note that a thing (kind, key) changed, in the transaction that changes it. `before` None: it is new."""
    change_id = new_id()
    await db.execute(
        """
        insert into practice_change (id, kind, key, account_id, before, after, changed_at)
        values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, business_now())
        """,
        change_id,
        *thing,
        account_id,
        None if before is None else db.json_text(before),
        db.json_text(after),
    )
    return change_id


async def history(kind: str, key: str) -> list[Edit]:
    """The last changes of a thing, the newest first."""
    rows = await db.fetch(f"{_CHANGES} order by c.id desc limit {MOST_SHOWN}", kind, key)
    return [_edit(row) for row in rows]


async def find(change_id: UUID, kind: str, key: str) -> Edit | None:
    """That change, if it is one of this thing."""
    row = await db.fetch_row(f"{_CHANGES} and c.id = $3", kind, key, change_id)
    return None if row is None else _edit(row)


def _edit(row: Any) -> Edit:
    return Edit(
        row["id"], row["changed_at"], row["account_id"], row["given_name"], row["before"], row["after"]
    )

"""What a client asks for under a key of its own is done once, however often it arrives.

The key is stored by the transaction that does the deed: both stay or neither. A second request with the key
waits for the first and gets its answer; a refusal stores nothing, so that the same request may try again.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from typing import TypeVar
from uuid import UUID

from asyncpg.exceptions import UniqueViolationError

from backend.identity import once_repository
from backend.identity.model import Asked
from backend.kit import db
from backend.kit.errors import Refusal
from backend.kit.parts import Part

T = TypeVar("T")

_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


class KeyReused(Refusal):
    """A program sent another request under a key that has had its answer."""

    key = "identity.key_reused"
    status = 422


class AnsweredBefore(Exception):  # noqa: N818 - nobody's mistake
    """Ends the transaction of a repeated deed from within. Never leaves `once`."""

    def __init__(self, answer_id: UUID) -> None:
        super().__init__("answered before")
        self.answer_id = answer_id


async def once(
    asked: Asked | None, act: Callable[[], Awaitable[T]], again: Callable[[UUID], Awaitable[T]]
) -> T:
    """What `act` gives; where the request was answered before, what `again` finds under that answer's id.

    `again` reads with the rights of this moment. Raises KeyReused, and what `act` raises.
    """
    if asked is None:
        return await act()
    mark = _asked.set(asked)
    try:
        return await act()
    except AnsweredBefore as before:
        return await again(before.answer_id)
    except Refusal as refusal:
        # What the first of two did may be the very reason why the second is refused.
        before_id = await _answer(asked)
        if before_id is None:
            raise
        try:
            return await again(before_id)
        except Refusal:
            raise refusal from None
    finally:
        _asked.reset(mark)


async def claim(answer_id: UUID) -> None:
    """First in the transaction that does a deed: note what comes of it under the request's key.

    `answer_id` names what the deed makes or changes. Costs nothing without a key.
    """
    asked = _asked.get()
    if asked is None:
        return
    assert db.in_transaction(), "a key is stored by the transaction of its deed"
    while not await once_repository.claim(asked, answer_id):
        # None where that answer is being forgotten at this moment.
        if before_id := await _answer(asked):
            raise AnsweredBefore(before_id)


async def with_key(deed: Callable[[Sequence[Part]], Awaitable[T]], answer: str) -> T:
    """Do a deed that is one statement (`kit.deeds`), given what is to be written beside it.

    That is the key, where the request bears one; `answer` is the column of the deed's row with what comes of
    it. The key's law refuses a second one, and with it the whole statement.
    """
    asked = _asked.get()
    if asked is None:
        return await deed(())
    while True:
        try:
            return await deed((once_repository.beside(asked, answer),))
        except UniqueViolationError as refused:
            if refused.constraint_name != once_repository.LAW:
                raise
        # None where that answer is being forgotten at this moment.
        if before_id := await _answer(asked):
            raise AnsweredBefore(before_id)


async def forget(asked: Asked | None, answer_id: UUID) -> None:
    """Let the same request be done anew, because what came of it has ended by itself."""
    if asked is not None:
        await once_repository.forget(asked, answer_id)


async def _answer(asked: Asked) -> UUID | None:
    found = await once_repository.answered(asked)
    if found is not None and found.content != asked.content:
        raise KeyReused
    return found.answer_id if found else None

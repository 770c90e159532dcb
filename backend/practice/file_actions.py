"""The practice to and from one file: read, compare, and store in one transaction."""

from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

import msgspec

from backend.audit.model import Actor
from backend.audit.record import record
from backend.kit import db
from backend.kit.clock import business_now
from backend.practice import change_repository
from backend.practice.differences import Change, changes
from backend.practice.file_reader import read_practice
from backend.practice.file_writer import practice_text
from backend.practice.model import Practice, ResourceKind
from backend.practice.plans import changed_things
from backend.practice.repository import (
    forget_practice,
    forget_when_committed,
    load_practice,
    lock_practice,
    save_practice,
)


class StillNeeded(Exception):  # noqa: N818 - the practice's word for it
    """The file leaves out what booked visits use. `names` are the resources."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(
            f"visits are booked with {', '.join(names)}, which the file leaves out: "
            "move or cancel those visits first, or put them back into the file"
        )


class Loaded(msgspec.Struct, frozen=True):
    """What a file changed, or would change; what it allows but nobody can book."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...]


async def export_practice() -> str:
    """The stored practice as the text of a file."""
    forget_practice()
    return practice_text(await load_practice())


async def load_file(
    text: str,
    actor: Actor,
    needed: Callable[[Collection[UUID]], Awaitable[set[UUID]]],
    *,
    check: bool = False,
) -> Loaded:
    """Make the practice what the file says, or with `check` only tell what that would change.

    `needed` says which of some resources have visits that are not over. Raises BrokenPracticeFile,
    StillNeeded; then nothing has changed.
    """
    async with db.transaction():
        await lock_practice()
        forget_practice()
        before = await load_practice()
        zone = before.sites[0].timezone if before.sites else None
        practice = read_practice(text, before, (await business_now()).astimezone(zone).date())
        await _refuse_what_is_needed(before, practice, needed)
        found = tuple(changes(before, practice))
        if found and not check:
            await save_practice(practice)
            for thing, was, now in changed_things(before, practice):
                await change_repository.add(actor.account_id, thing, was, now)
            forget_when_committed()
            subject = ("site", practice.sites[0].id)
            # Names of people and reasons of closures stay out of the journal.
            care = [str(one) for one in found if one.what.startswith("care ")]
            await record(actor, "practice.load", subject, lines=len(found), care=care)
    return Loaded(changes=found, warnings=tuple(_warnings(practice)))


async def _refuse_what_is_needed(
    before: Practice, after: Practice, needed: Callable[[Collection[UUID]], Awaitable[set[UUID]]]
) -> None:
    kept = {resource.id for resource in after.resources}
    gone = {resource.id: resource.name for resource in before.resources if resource.id not in kept}
    names = tuple(gone[id] for id in await needed(gone)) if gone else ()
    if names:
        raise StillNeeded(tuple(sorted(names)))


def _warnings(practice: Practice) -> list[str]:
    found = []
    codes = {one.code for one in practice.resources if one.kind is ResourceKind.MACHINE}
    for care in practice.care_types:
        missing = ", ".join(sorted(set(care.machines) - codes))
        if not any(practice.gives(person, care) for person in practice.practitioners):
            takes = " or ".join(care.practitioners or care.skills)
            found.append(f"nobody can give {care.key}: it takes {takes}")
        elif missing:
            found.append(f"nobody can give {care.key}: there is no machine {missing}")
    return found

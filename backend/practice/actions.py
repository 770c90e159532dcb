"""The owner's care types and the values of the modifiers: changed, retired, put back."""

from typing import ClassVar
from uuid import UUID

import msgspec

from backend.identity.model import Viewer
from backend.kit.errors import NotFound, Refusal
from backend.practice import change_repository
from backend.practice.defaults import TEXTS, care_types
from backend.practice.model import DEFAULT_LENGTHENINGS, CareType, Practice
from backend.practice.plan_actions import changing, check_seen, note
from backend.practice.plans import CARE, OF_ALL, Lengthenings
from backend.practice.repository import save_care_types, save_lengthenings


class KeyTaken(Refusal):
    """There is a care type of that key, perhaps a retired one."""

    key: ClassVar[str] = "practice.key_taken"
    status: ClassVar[int] = 409


def proposed(key: str) -> CareType | None:
    """The care type as a new practice gets it; None for one that the practice added."""
    return next((care for care in care_types() if care.key == key), None)


async def add_care(viewer: Viewer, care: CareType) -> None:
    """A new care type. Raises KeyTaken."""
    async with changing() as practice:
        if any(one.key == care.key for one in practice.care_types):
            raise KeyTaken
        await save_care_types([care])
        await note(viewer, (CARE, care.key), None, care)


async def change_care(viewer: Viewer, care: CareType, seen: str) -> None:
    """Store a care type as it was typed; who approved texts that changed since has to do so again.

    Raises NotFound, PracticeChanged.
    """
    async with changing() as practice:
        before = _known(practice, care.key)
        care = msgspec.structs.replace(care, retired=before.retired)
        if _texts(care) != _texts(before) and care.texts_signed_by == before.texts_signed_by:
            care = msgspec.structs.replace(care, texts_signed_by=None)
        await _replace(viewer, before, care, seen)


async def retire_care(viewer: Viewer, key: str, seen: str, *, retired: bool) -> None:
    """Let nobody book it any more, or let them again. Raises NotFound, PracticeChanged."""
    async with changing() as practice:
        before = _known(practice, key)
        await _replace(viewer, before, msgspec.structs.replace(before, retired=retired), seen)


async def propose_care(viewer: Viewer, key: str, seen: str) -> None:
    """Back to what a new practice gets. Raises NotFound (not in the default list), PracticeChanged."""
    care = proposed(key)
    if care is None:
        raise NotFound
    async with changing() as practice:
        before = _known(practice, key)
        await _replace(viewer, before, msgspec.structs.replace(care, retired=before.retired), seen)


async def go_back(viewer: Viewer, key: str, change_id: UUID, seen: str) -> None:
    """The care type as it stood before a change, as a new change. Raises NotFound, PracticeChanged."""
    found = await change_repository.find(change_id, CARE, key)
    earlier = found.state_before(CareType) if found else None
    if earlier is None:
        raise NotFound
    async with changing() as practice:
        await _replace(viewer, _known(practice, key), earlier, seen)


async def change_lengthenings(viewer: Viewer, wanted: Lengthenings, seen: str) -> None:
    """Other values of the modifiers; booked visits keep their lengths. Raises PracticeChanged."""
    async with changing() as practice:
        before = practice.lengthenings
        await check_seen(OF_ALL, before, seen)
        if wanted != before:
            await save_lengthenings(wanted)
            await note(viewer, OF_ALL, before, wanted)


async def propose_lengthenings(viewer: Viewer, seen: str) -> None:
    """Back to what a new practice gets. Raises PracticeChanged."""
    await change_lengthenings(viewer, DEFAULT_LENGTHENINGS, seen)


async def go_back_in_lengthenings(viewer: Viewer, change_id: UUID, seen: str) -> None:
    """The values as they stood before a change. Raises NotFound, PracticeChanged."""
    found = await change_repository.find(change_id, *OF_ALL)
    earlier = found.state_before(Lengthenings) if found else None
    if earlier is None:
        raise NotFound
    await change_lengthenings(viewer, earlier, seen)


async def _replace(viewer: Viewer, before: CareType, after: CareType, seen: str) -> None:
    thing = (CARE, before.key)
    await check_seen(thing, before, seen)
    if after != before:
        await save_care_types([after])
        await note(viewer, thing, before, after)


def _known(practice: Practice, key: str) -> CareType:
    for care in practice.care_types:
        if care.key == key:
            return care
    raise NotFound


def _texts(care: CareType) -> tuple[str | None, ...]:
    return tuple(getattr(care, name) for name in TEXTS)

"""`quenotte practice export|load FILE`: the practice's whole set-up, and no patient, in one file."""

import asyncio
import sys
from pathlib import Path

from backend.audit.model import HOST
from backend.booking.resource_repository import needed
from backend.kit import db
from backend.practice.file_actions import StillNeeded, export_practice, load_file
from backend.practice.file_words import BrokenPracticeFile


def main(deed: str, file: str, *, check: bool) -> int:
    """Run one of them; 0 when it worked, 1 with the reasons on standard error when it did not."""
    return asyncio.run(_export(file) if deed == "export" else _load(file, check))


async def _export(file: str) -> int:
    await db.open_pool(2)
    try:
        text = await export_practice()
    finally:
        await db.close_pool()
    if file == "-":
        print(text, end="")  # noqa: T201 - a command's answer
    else:
        Path(file).write_text(text, encoding="utf-8")  # noqa: ASYNC240 - nothing else runs
    return 0


async def _load(file: str, check: bool) -> int:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")  # noqa: ASYNC240
    await db.open_pool(2)
    try:
        loaded = await load_file(text, HOST, needed, check=check)
    except BrokenPracticeFile as broken:
        for mistake in broken.mistakes:
            print(f"{file}, line {mistake.line}: {mistake.cure}", file=sys.stderr)  # noqa: T201
        return 1
    except StillNeeded as refusal:
        print(f"{file}: {refusal}", file=sys.stderr)  # noqa: T201
        return 1
    finally:
        await db.close_pool()
    told = [*map(str, loaded.changes), *(f"! {warning}" for warning in loaded.warnings)]
    what = "would change" if check else "changed"
    told.append(f"{len(loaded.changes)} lines {what}." if loaded.changes else "Nothing changes.")
    print("\n".join(told))  # noqa: T201
    return 0

"""Reading a stranger's file in a process of its own, which knows no secret and can be ended.

A file of a few lines can keep a parser busy for hours. The child has little time, little memory and no
settings; it gets the file, and gives back times. What it would complain of may hold names: nobody hears it.
"""

import asyncio
import resource
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from backend.calendars import entries
from backend.calendars.model import Failed, Reading, Trouble, Window

SECONDS = 20
MEMORY = 1 << 30
ROOT = Path(__file__).parents[2]


class Said(msgspec.Struct):
    """What the child says: one of the two."""

    reading: Reading | None = None
    trouble: Trouble | None = None


async def read(text: bytes, window: Window, seconds: float = SECONDS) -> Reading:
    """What the file says of the window. Raises Failed."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, msgspec.json.encode(window).decode()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": str(ROOT)},
    )
    try:
        async with asyncio.timeout(seconds):
            told, _ = await child.communicate(text)
    except TimeoutError:
        raise Failed(Trouble.TOO_MUCH) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise Failed(Trouble.TOO_MUCH)
    said = msgspec.json.decode(told, type=Said)
    if said.reading is None:
        raise Failed(said.trouble or Trouble.NO_CALENDAR)
    return said.reading


def main() -> None:
    """The child: the window is its one argument, the file its standard input."""
    with suppress(ValueError, OSError):  # not every system limits memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Also when the worker that asked is gone, and nobody is left to end this process.
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    window = msgspec.json.decode(sys.argv[1], type=Window)
    try:
        said = Said(reading=entries.read(sys.stdin.buffer.read(), window))
    except Failed as failed:
        said = Said(trouble=failed.trouble)
    sys.stdout.buffer.write(msgspec.json.encode(said))


if __name__ == "__main__":
    main()

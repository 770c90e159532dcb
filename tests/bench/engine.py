"""The slot engine alone, without database and HTTP: against cal.com's, and many resources against one."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import Any

from asyncpg.pgproto.pgproto import UUID

from backend.booking.rules.slots import (
    Calendar,
    Candidate,
    Need,
    busy_mask,
    each_start_once,
    starts_with,
    window_bits,
)
from backend.kit.days import holidays_between
from backend.kit.grid import bits_of, minute, minutes_of, moment, origin_of
from backend.practice.model import Opening
from backend.practice.rules import opening_mask
from tests.bench import data
from tests.bench.data import PARIS, SIZES, Size
from tests.bench.goals import Spread, spread
from tests.bench.servers import BENCH

CALCOM = "0.0.360"
ROUNDS, REPEATS = 7, 50
_NPM = BENCH / "npm"
_DIST = _NPM / "package" / "dist"


def run(first: date) -> dict[str, Any]:
    """Milliseconds of each engine, and their ratios; without cal.com's where npm cannot bring it."""
    size = SIZES[0]
    busy = _busy(size, first)
    theirs, theirs_opened = list[float](), list[float]()
    ours, from_hours, whole = list[float](), list[float](), list[float]()
    one, many = list[float](), list[float]()
    found = _places(_calendar(first, {_id(1): busy, _id(2): []}, _openings(first)), _need(first, 30, 1))
    assert set(found) == data.free(size, 1, first)
    missing = _install()
    opened = _openings(first)
    room = {_id(number): busy for number in range(1, 9)}
    for _ in range(ROUNDS):
        if missing is None:
            listed, took, took_opened = _calcom(first, busy)
            assert set(listed) == set(found), "cal.com finds other places"
            theirs.append(took)
            theirs_opened.append(took_opened)
        both, need = {_id(1): busy, _id(2): []}, _need(first, 30, 1)
        ours.append(_time(lambda b=both, n=need: _minutes(_calendar(first, b, opened), n)))
        from_hours.append(_time(lambda b=both, n=need: _minutes(_calendar(first, b, _openings(first)), n)))
        whole.append(_time(lambda b=both, n=need: _places(_calendar(first, b, opened), n)))
        ready = _calendar(first, room, opened)
        one.append(_time(lambda c=ready: _places(c, _need(first, 45, 1))))
        many.append(_time(lambda c=ready: _places(c, _need(first, 45, 3))))
    return {
        "ours_ms": median(ours),
        "ours_from_hours_ms": median(from_hours),
        "ours_with_places_ms": median(whole),
        "calcom_ms": median(theirs) if theirs else None,
        "calcom_opened_ms": median(theirs_opened) if theirs else None,
        "calcom_missing": missing,
        "calcom_over_ours": _ratio(theirs, ours),
        "from_hours_over_ours": _ratio(theirs, from_hours),
        "opened_over_ours": _ratio(theirs_opened, ours),
        "one_practitioner_ms": median(one),
        "three_by_three_by_two_ms": median(many),
        "conjunction_over_one": spread(a / b for a, b in zip(many, one, strict=True)),
    }


def _id(number: int) -> UUID:
    """As the database's driver gives them: they are compared and looked up faster than Python's own."""
    return UUID(bytes(15) + bytes([number]))


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> Spread | None:
    return spread(a / b for a, b in zip(theirs, ours, strict=True)) if theirs else None


def _busy(size: Size, first: date) -> list[tuple[int, int]]:
    """The appointments and, because cal.com knows none, the public holidays."""
    closed = holidays_between("FR", None, first, first + timedelta(days=28))
    whole_days = ((origin_of(day, PARIS), origin_of(day + timedelta(days=1), PARIS)) for day in closed)
    taken = ((minute(start), minute(start) + data.MINUTES) for start in data.taken(size, 1, first))
    return sorted(span for span in (*whole_days, *taken) if span[0] >= origin_of(first, PARIS))


def _openings(first: date) -> int:
    """The weekly hours as a bitmap: what cal.com's engine does each time and ours finds kept."""
    weekly = [
        Opening(resource_id=_id(1), weekday=weekday, starts=starts, ends=ends)
        for weekday in range(1, 6)
        for starts, ends in data.HOURS
    ]
    return opening_mask(weekly, (), first, 28, PARIS, ())


def _calendar(first: date, busy: dict[UUID, Sequence[tuple[int, int]]], opened: int) -> Calendar:
    origin, bits = origin_of(first, PARIS), bits_of(first, 28, PARIS)
    return Calendar(
        origin=origin,
        bits=bits,
        opening=dict(zip(busy, repeat(opened))),
        busy={one: busy_mask(spans, origin, bits) for one, spans in busy.items()},
    )


def _need(first: date, minutes: int, wide: int) -> Need:
    """One practitioner with one chair, or three with three chairs and one of two machines."""
    chairs = tuple(_id(number) for number in ((2,) if wide == 1 else (4, 5, 6)))
    machines = () if wide == 1 else ((_id(7), _id(8)),)
    people = (1,) if wide == 1 else (1, 2, 3)
    begins = datetime.combine(first, datetime.min.time(), PARIS)
    return Need(
        minutes=minutes,
        buffer=0,
        candidates=tuple(
            Candidate(practitioner_id=_id(one), chair_ids=chairs, machines=machines) for one in people
        ),
        earliest=begins,
        latest=begins + timedelta(days=28),
        step=30 if minutes == 30 else 15,
    )


def _places(calendar: Calendar, need: Need) -> list[datetime]:
    return [slot.start for slot in each_start_once(calendar, need)]


def _minutes(calendar: Calendar, need: Need) -> list[int]:
    """What cal.com's engine answers: the starts, without who and where."""
    starts, _, _ = starts_with(calendar, need, need.candidates[0])
    return minutes_of(starts & window_bits(calendar, need), calendar.origin)


def _time(work: Callable[[], object]) -> float:
    """The median of the calls, as of cal.com's: neither pays for what else the machine does."""
    took: list[float] = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return median(took) * 1000


def _install() -> str | None:
    """Fetch cal.com's bundle, once; why not, when it cannot be had."""
    if _DIST.exists():
        return None
    if not shutil.which("npm"):
        return "there is no npm here"
    _NPM.mkdir(parents=True, exist_ok=True)
    package = f"@calcom/platform-libraries@{CALCOM}"
    # Packed and unpacked: some of what it names as dependencies was never published.
    for command in (
        ["npm", "pack", "--silent", package],
        ["tar", "-xzf", f"calcom-platform-libraries-{CALCOM}.tgz"],
        ["npm", "install", "--silent", "--ignore-scripts", "--no-save", "dayjs@1.11.13"],
    ):
        told = subprocess.run(command, cwd=_NPM, capture_output=True, text=True, check=False, timeout=180)
        if told.returncode != 0:
            return f"`{' '.join(command)}` failed: {told.stderr.strip()[:200]}"
    return None


def _calcom(first: date, busy: Sequence[tuple[int, int]]) -> tuple[list[datetime], float, float]:
    """Its starts, its milliseconds, and those without what it does to the weekly hours."""
    begins = datetime.combine(first, datetime.min.time(), PARIS)
    question = {
        "from": begins.isoformat(),
        "to": (begins + timedelta(days=28)).isoformat(),
        "zone": PARIS.key,
        "busy": [[moment(start).isoformat(), moment(end).isoformat()] for start, end in busy],
        "rounds": 5,
    }
    told = subprocess.run(
        ["node", Path(__file__).with_name("calcom.mjs"), _DIST],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(told.stdout)
    return (
        [datetime.fromisoformat(one).astimezone(UTC) for one in answer["slots"]],
        median(sum(parts) for parts in answer["rounds"]),
        median(slots for _, slots in answer["rounds"]),
    )

"""Where a practitioner is free, which days a notice concerns, which chair is whose."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from backend.desk import rules
from backend.desk.live import Days
from backend.desk.model import LastChange
from backend.desk.undo_views import changed_words
from backend.kit.grid import Span, minute, outer_bits
from backend.practice.model import Practitioner

DAY = datetime(2026, 3, 3, tzinfo=UTC)
ROUX, VIDAL, FIRST, SECOND = (UUID(int=number) for number in range(1, 5))


def person(one: UUID, *chairs: UUID) -> Practitioner:
    return Practitioner(id=one, display_name="Dre", short_name="Dre", skills=(), chair_ids=chairs)


def mask(*spans: tuple[int, int]) -> int:
    """Hours of the day as a bitmap; (9, 12) and minutes by fractions."""
    origin, bits = minute(DAY), 288
    found = 0
    for start, end in spans:
        found |= outer_bits(Span(origin + int(start * 60), origin + int(end * 60)), origin, bits)
    return found


def gaps(*people: Practitioner, opening: object, busy: object = None, now: datetime = DAY) -> list[object]:
    found = rules.gaps(people, opening, busy or {}, minute(DAY), now)  # type: ignore[arg-type]
    return [(one.chair_id, f"{one.starts_at:%H:%M}", one.minutes) for one in found]


ALL_DAY = (1 << 288) - 1
OPEN = {ROUX: mask((9, 12), (14, 18)), FIRST: ALL_DAY, SECOND: ALL_DAY}


def test_what_is_left_between_visits_and_hours_is_shown() -> None:
    busy = {ROUX: mask((9, 10)), FIRST: mask((9, 10.25))}
    assert gaps(person(ROUX, FIRST), opening=OPEN, busy=busy) == [
        (FIRST, "10:15", 105),
        (FIRST, "14:00", 240),
    ]


def test_somebody_with_two_chairs_is_not_free_twice() -> None:
    busy = {FIRST: mask((14, 16))}
    assert gaps(person(ROUX, FIRST, SECOND), opening=OPEN, busy=busy) == [
        (FIRST, "09:00", 180),
        (SECOND, "14:00", 120),
        (FIRST, "16:00", 120),
    ]


def test_two_people_do_not_share_a_free_chair() -> None:
    opening = {**OPEN, VIDAL: mask((9, 12))}
    assert gaps(person(ROUX, FIRST), person(VIDAL, FIRST), opening=opening)[0] == (FIRST, "09:00", 180)
    assert len(gaps(person(ROUX, FIRST), person(VIDAL, FIRST), opening=opening)) == 2


@pytest.mark.parametrize(("minutes", "shown"), [(15, 0), (20, 1), (25, 1)])
def test_less_than_twenty_minutes_is_no_gap(minutes: int, shown: int) -> None:
    opening = {ROUX: mask((9, 9 + minutes / 60)), FIRST: ALL_DAY}
    assert len(gaps(person(ROUX, FIRST), opening=opening)) == shown


def test_what_is_past_is_no_gap() -> None:
    now = DAY + timedelta(hours=11, minutes=2)
    assert gaps(person(ROUX, FIRST), opening=OPEN, now=now) == [(FIRST, "11:05", 55), (FIRST, "14:00", 240)]


def test_a_week_begins_on_monday() -> None:
    assert rules.week_of(date(2026, 3, 8)) == rules.week_of(date(2026, 3, 2)) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("notice", "concerns"),
    [
        ("2026-03-02", True),
        ("2026-03-08", True),
        ("2026-03-09", False),
        ("2026-03-01", False),
        ("requests", True),
        ("", True),
    ],
)
def test_a_notice_concerns_its_own_days(notice: str, concerns: bool) -> None:
    assert Days(date(2026, 3, 2), 7).concern(notice) is concerns


@pytest.mark.parametrize(
    ("name", "seconds", "words"),
    [
        ("Sam", 5.2, "Modifié par Sam il y a 5\u202fs"),
        (None, 190, "Modifié par la famille il y a 3\u202fmin"),
        ("Nadia", 7300, "Modifié par Nadia il y a 2\u202fh"),
    ],
)
def test_who_was_faster_is_said(name: str | None, seconds: float, words: str) -> None:
    assert changed_words(LastChange(name, seconds), "fr").startswith(words + ".")

"""Who may act for whom at a given moment.

A parent's right ends at 00:00 of the child's 18th birthday in the practice's zone. `youngest_adult` says
the same as a birth date, so that the database can apply it to a whole list with one comparison.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.families.model import Guardian, Relation
from backend.kit.days import age_on
from backend.kit.errors import Refusal

MAJORITY = 18
MOST_CHILDREN = 12


class AlreadyAdult(Refusal):
    """A person of 18 or more has an account of their own; nobody adds them as a child."""

    key = "families.already_adult"
    status = 422


class TooManyChildren(Refusal):
    """More children than one family adds by itself: the desk helps."""

    key = "families.too_many_children"
    status = 409


class OwnFileExists(Refusal):
    """An account has one file of its own."""

    key = "families.own_file_exists"
    status = 409


def majority_at(birth_date: date, zone: ZoneInfo) -> datetime:
    """The first moment of the 18th birthday on the wall clock of `zone`.

    Somebody born on 29 February comes of age on 1 March: no 18th birthday falls in a leap year.
    """
    if (birth_date.month, birth_date.day) == (2, 29):
        birth_date += timedelta(days=1)
    return datetime.combine(birth_date.replace(year=birth_date.year + MAJORITY), time(), zone)


def youngest_adult(today: date) -> date:
    """The latest birth date of those who are adults on `today`.

    >>> youngest_adult(date(2026, 3, 1)), youngest_adult(date(2024, 2, 29))
    (datetime.date(2008, 3, 1), datetime.date(2006, 2, 28))
    """
    if (today.month, today.day) == (2, 29):
        today -= timedelta(days=1)
    return today.replace(year=today.year - MAJORITY)


def may_act(guardian: Guardian, birth_date: date, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the guardian's right holds at `now`."""
    if now < guardian.since or (guardian.until is not None and now >= guardian.until):
        return False
    return guardian.relation is not Relation.PARENT or now < majority_at(birth_date, zone)


def may_book(guardian: Guardian, birth_date: date, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the guardian may also book, move and cancel: a helper only by the flag."""
    return may_act(guardian, birth_date, now, zone) and guardian.may_book


def check_child(birth_date: date, today: date, already: int) -> None:
    """A child may be added: under 18, and within reason."""
    if age_on(birth_date, today) >= MAJORITY:
        raise AlreadyAdult
    if already >= MOST_CHILDREN:
        raise TooManyChildren(most=MOST_CHILDREN)

"""How far an agenda reaches, how often it may be asked for, and how many there may be."""

from datetime import datetime, timedelta

from backend.kit.errors import Refusal, TooMany

BEHIND, AHEAD = timedelta(days=30), timedelta(days=366)
REFRESH = timedelta(hours=1)
MOST_A_MINUTE = 20
MOST = 10


class TooManyFeeds(Refusal):
    """More secret addresses than one person can keep an eye on."""

    key = "feeds.too_many"
    status = 409


class AskedTooOften(TooMany):
    """A calendar that asks more than twenty times a minute is broken, or not a calendar."""

    key = "feeds.asked_too_often"


def span(now: datetime) -> tuple[datetime, datetime]:
    """The time that an agenda covers at `now`: visits that start in it."""
    return now - BEHIND, now + AHEAD


def check_number(there: int) -> None:
    """`TooManyFeeds` where another would be one too many."""
    if there >= MOST:
        raise TooManyFeeds(most=MOST)


def check_pace(fetches: int) -> None:
    """`AskedTooOften` past the limit of a minute."""
    if fetches > MOST_A_MINUTE:
        raise AskedTooOften(minutes=1)

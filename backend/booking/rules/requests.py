"""By when the desk must have answered, and what may be done with a request."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.booking.model import RequestKind
from backend.kit.days import is_working_day
from backend.kit.errors import Refusal

LONGEST_REASON = 1000
CALL_BACK_WITHIN = {
    "U0": timedelta(minutes=60),
    "U1": timedelta(minutes=60),
    "U2": timedelta(hours=4),
}


class RequestTaken(Refusal):
    """A colleague was faster, or the request is already done."""

    key = "booking.request_taken"
    status = 409


def deadline(
    kind: RequestKind, urgency: str | None, now: datetime, zone: ZoneInfo, closed_days: Collection[date]
) -> datetime:
    """The moment before which somebody answers.

    An urgent call-back counts real time, day or night, because pain does; everything else waits until the
    same hour of the next working day. `closed_days` are the site's public holidays.
    """
    if kind is RequestKind.CALLBACK and urgency in CALL_BACK_WITHIN:
        return now + CALL_BACK_WITHIN[urgency]
    local = now.astimezone(zone) + timedelta(days=1)
    while not is_working_day(local.date(), closed_days):
        local += timedelta(days=1)
    return local

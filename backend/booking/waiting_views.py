"""What the page of the wish to come earlier prints."""

from datetime import date, time, timedelta

import msgspec

from backend.booking.model import Appointment
from backend.booking.model.waiting import NOTICES, Wish
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t

HOURS = {
    "toute": (time(0), time(23, 59)),
    "matin": (time(0), time(12)),
    "apres-midi": (time(12), time(17)),
    "soir": (time(17), time(23, 59)),
}
WORKING_DAYS = (1, 2, 3, 4, 5, 6)
_A_MONDAY = date(2027, 3, 1)


class Option(msgspec.Struct, frozen=True):
    """Something to tick."""

    value: str
    label: str


class EarlierView(msgspec.Struct, frozen=True, kw_only=True):
    """The form, with what was chosen before; `waits` when there is an open wish."""

    back: str
    action: str
    intro: str
    days: list[Option]
    chosen_days: list[str]
    hours: list[Option]
    chosen_hours: str
    notices: list[Option]
    chosen_notice: str
    waits: bool
    form: FormErrors | None


def earlier_page(
    appointment: Appointment, wish: Wish | None, zone: str, locale: str, form: FormErrors | None = None
) -> EarlierView:
    """The page of one visit's wish."""
    here = f"/rendez-vous/{appointment.id}"
    hours = (wish.from_time, wish.until_time) if wish else HOURS["toute"]
    return EarlierView(
        back=here,
        action=f"{here}/plus-tot",
        intro=t(locale, "waiting.intro", moment=dates.moment(appointment.starts_at, zone, locale)),
        days=[Option(str(day), _weekday(day, locale)) for day in WORKING_DAYS],
        chosen_days=[str(day) for day in (wish.weekdays if wish else WORKING_DAYS)],
        hours=[Option(name, t(locale, "waiting.hours_" + name.replace("-", "_"))) for name in HOURS],
        chosen_hours=next((name for name, span in HOURS.items() if span == hours), "toute"),
        notices=[Option(str(minutes), t(locale, f"waiting.notice_{minutes}")) for minutes in NOTICES],
        chosen_notice=str(wish.notice_minutes if wish else NOTICES[1]),
        waits=wish is not None,
        form=form,
    )


def _weekday(day: int, locale: str) -> str:
    return dates.weekday(_A_MONDAY + timedelta(days=day - 1), locale)

"""Days as people count them: ages, public and school holidays, working days. Pure computation.

>>> age_on(date(2020, 3, 10), date(2026, 3, 9)), age_on(date(2020, 3, 10), date(2026, 3, 10))
(5, 6)
>>> is_working_day(date(2026, 7, 14), public_holidays("FR", None, 2026))
False
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import lru_cache

import holidays
from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException

SCHOOL_ZONES = SchoolHolidayDates.SUPPORTED_ZONES


def age_on(birth_date: date, day: date) -> int:
    """Whole years lived on `day`; somebody born on 29 February turns a year older on 1 March."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def runs_of_one_age(birth_date: date, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days from `first` to `last`, cut at birthdays: the first and last day of each run.

    >>> list(runs_of_one_age(date(2020, 2, 29), date(2026, 2, 1), date(2026, 3, 2)))[1]
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 2))
    """
    while first <= last:
        birthdays = (_birthday(birth_date, first.year + years) for years in (0, 1))
        birthday = next(day for day in birthdays if day > first)
        yield first, min(birthday - timedelta(days=1), last)
        first = birthday


def _birthday(birth_date: date, year: int) -> date:
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """The public holidays of a territory in a year; codes as in the `holidays` library."""
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


def holidays_between(country: str, subdivision: str | None, first: date, last: date) -> frozenset[date]:
    """The public holidays of every year that the days from `first` to `last` touch."""
    years = range(first.year, last.year + 1)
    return frozenset().union(*(public_holidays(country, subdivision, year) for year in years))


@lru_cache(maxsize=64)
def school_holidays(zone: str, year: int) -> frozenset[date]:
    """The school holidays of a French zone (A, B, C) in a year; none where not published yet."""
    try:
        return frozenset(_school_dates().holidays_for_year_and_zone(year, zone))
    except UnsupportedYearException:
        return frozenset()


def school_holidays_between(zone: str, first: date, last: date) -> frozenset[date]:
    """The same for every year that the days from `first` to `last` touch."""
    years = range(first.year, last.year + 1)
    return frozenset().union(*(school_holidays(zone, year) for year in years))


@lru_cache(maxsize=1)
def _school_dates() -> SchoolHolidayDates:
    return SchoolHolidayDates()


def is_working_day(day: date, closed_days: Collection[date]) -> bool:
    """Monday to Saturday, and not among `closed_days`, which are the site's public holidays."""
    return day.isoweekday() <= 6 and day not in closed_days

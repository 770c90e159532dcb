"""How long a visit takes, and why.

The care type gives the minutes. Modifiers multiply first, then add, by the practice's values; the sum is
rounded up to five minutes and cut at 180. Each modifier that applied leaves a line, so that the reason can be
said.
"""

from collections.abc import Collection, Iterable
from datetime import date
from fractions import Fraction

import msgspec

from backend.booking.model import Duration, DurationLine, OwnMinutes
from backend.kit.days import age_on
from backend.practice.model import DEFAULT_LENGTHENINGS, CareType, Lengthening, Modifier

LONGEST = 180
STEP = 5

_IN_ORDER = tuple(Modifier)
_BY_AGE = {Modifier.CHILD_UNDER_6, Modifier.CHILD_6_11}


def modifiers_for(
    care: CareType,
    birth_date: date,
    visit_day: date,
    declared: Collection[Modifier],
    first_visit: bool,
) -> tuple[Modifier, ...]:
    """The modifiers of this visit, in the order in which they apply.

    The child modifiers come from the age on `visit_day` alone, never from what was declared, and not
    for M'T dents, whose minutes already know the age. `declared` may hold what does not concern this
    care (a blood thinner, for a check-up): it is left out.
    """
    age = age_on(birth_date, visit_day)
    found = set(declared) - _BY_AGE - {Modifier.FIRST_VISIT}
    if age < 6 and not care.is_ebd:
        found.add(Modifier.CHILD_UNDER_6)
    elif age < 12 and not care.is_ebd:
        found.add(Modifier.CHILD_6_11)
    if age >= 75:
        found.add(Modifier.WHEELCHAIR_OR_75)
    if first_visit and not care.is_first_consultation:
        found.add(Modifier.FIRST_VISIT)
    if not care.is_surgery:
        found.discard(Modifier.ANTICOAGULATED_SURGERY)
    return tuple(modifier for modifier in _IN_ORDER if modifier in found)


def duration(
    care: CareType,
    modifiers: Collection[Modifier],
    lengthenings: Iterable[Lengthening] = DEFAULT_LENGTHENINGS,
    own: OwnMinutes | None = None,
) -> Duration:
    """The length of the care and the reason, line by line.

    `lengthenings` are the practice's values; `own` minutes stand for the care type's.

    A modifier's line shows the minutes by which it lengthened the rounded total, so the lines add up
    to it exactly.

    >>> check = CareType(key="CTRL", name_fr="Contrôle", name_en="Check-up", phrase_fr="le contrôle",
    ...                  phrase_en="the check-up", minutes=20, buffer=5, skills=("OMNI",))
    >>> duration(check, [Modifier.CHILD_6_11, Modifier.VERY_ANXIOUS]).minutes
    30
    """
    exact = Fraction(own.minutes if own else care.minutes)
    total = _rounded_up(exact)
    lines = [_base_line(total, own)]
    values = {one.modifier: one for one in lengthenings}
    for modifier in (known for known in _IN_ORDER if known in modifiers):
        exact = _lengthened(exact, values[modifier])
        longer = _rounded_up(exact)
        key = f"practice.modifier.{modifier.value}"
        lines.append(DurationLine(key=key, minutes=longer - total, modifier=modifier))
        total = longer
    if total > LONGEST:
        lines.append(DurationLine(key="practice.duration.longest", minutes=LONGEST - total))
        total = LONGEST
    return Duration(minutes=total, lines=tuple(lines))


def adjusted(planned: Duration, minutes: int) -> Duration:
    """The same visit at the length that the desk chose; the difference becomes its last line."""
    lines = tuple(line for line in planned.lines if not line.key.startswith("practice.duration.desk"))
    difference = minutes - sum(line.minutes for line in lines)
    if difference:
        key = "practice.duration.desk_more" if difference > 0 else "practice.duration.desk_less"
        lines = (*lines, DurationLine(key=key, minutes=difference))
    return msgspec.structs.replace(planned, minutes=minutes, lines=lines)


def attended(care: CareType, minutes: int) -> tuple[tuple[int, int], ...]:
    """In which minutes of a visit of that length the practitioner is needed; empty means all the time.

    A longer or shorter visit stretches or squeezes the care's own spans, outwards to whole steps.
    """
    spans: list[tuple[int, int]] = []
    for begins, ends in care.practitioner_spans:
        start = begins * minutes // care.minutes // STEP * STEP
        end = min(_rounded_up(Fraction(ends * minutes, care.minutes)), minutes)
        if spans and start <= spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return () if spans == [(0, minutes)] else tuple(spans)


def _base_line(minutes: int, own: OwnMinutes | None) -> DurationLine:
    if own is None:
        return DurationLine(key="practice.duration.care", minutes=minutes)
    return DurationLine(key="practice.duration.own", minutes=minutes, practitioner=own.practitioner)


def _lengthened(minutes: Fraction, by: Lengthening) -> Fraction:
    return max(minutes * by.percent / 100, minutes + by.at_least) + by.minutes


def _rounded_up(minutes: Fraction) -> int:
    return -int(-minutes // STEP) * STEP

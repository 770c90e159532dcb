"""The demo's agenda while it is being filled: what is open, what is taken, where a visit goes. Pure."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from backend.kit.days import holidays_between
from backend.kit.grid import GRID, Span, minute, moment
from backend.practice.model import CareType, Practice, Practitioner, ResourceKind
from backend.practice.rules import opening_spans


class Place(NamedTuple):
    """Where a visit was put. `uses` names each resource with its span, the chair's with its cleaning."""

    practitioner_id: UUID
    chair_id: UUID
    starts_at: datetime
    ends_at: datetime
    uses: list[tuple[UUID, Span]]


class Agenda:
    """Every day of the practice from `first` to `last`, with what has been put into it."""

    def __init__(self, practice: Practice, first: date, last: date) -> None:
        self.practice = practice
        self.site = practice.sites[0]
        self.holidays = holidays_between(self.site.country, self.site.subdivision, first, last)
        self._taken: dict[tuple[UUID, date], list[Span]] = {}
        self._hours = {
            one.id: [hours for hours in practice.openings if hours.resource_id == one.id]
            for one in practice.practitioners
        }
        self._machines = {
            resource.code: resource.id
            for resource in practice.resources
            if resource.kind is ResourceKind.MACHINE
        }

    def hours(self, practitioner: Practitioner, day: date) -> list[Span]:
        """The openings of a day, without those that a closure touches."""
        spans = opening_spans(self._hours[practitioner.id], day, self.site.timezone, self.holidays)
        return [span for span in spans if not self._closed(practitioner.id, span)]

    def able(self, care: CareType) -> list[Practitioner]:
        """Who can give a care, if the practice has the machines for it."""
        if not set(care.machines) <= self._machines.keys():
            return []
        return [one for one in self.practice.practitioners if set(one.skills) & set(care.skills)]

    def put(self, practitioner: Practitioner, care: CareType, minutes: int, start: int) -> Place | None:
        """Take a place that starts at a minute within the practitioner's hours; None where one is busy."""
        day = moment(start).astimezone(self.site.timezone).date()
        span, cleaned = Span(start, start + minutes), Span(start, start + minutes + care.buffer)
        people_and_machines = [practitioner.id, *(self._machines[code] for code in care.machines)]
        if not all(self._free(one, day, span) for one in people_and_machines):
            return None
        chair_id = next((one for one in practitioner.chair_ids if self._free(one, day, cleaned)), None)
        if chair_id is None:
            return None
        uses = [*((one, span) for one in people_and_machines), (chair_id, cleaned)]
        for one, used in uses:
            self._taken.setdefault((one, day), []).append(used)
        return Place(practitioner.id, chair_id, moment(span.start), moment(span.end), uses)

    def put_from(
        self, practitioners: list[Practitioner], care: CareType, minutes: int, day: date, delay: int
    ) -> Place:
        """The first place on or after a day, `delay` minutes into somebody's hours where they are that long.

        LookupError when there is none within 120 days.
        """
        for later in range(120):
            for practitioner in practitioners:
                for span in self.hours(practitioner, day + timedelta(days=later)):
                    latest = span.end - minutes
                    for start in range(max(span.start, min(span.start + delay, latest)), latest + 1, GRID):
                        place = self.put(practitioner, care, minutes, start)
                        if place is not None:
                            return place
        raise LookupError(f"no place for {care.key} within 120 days of {day}")

    def _free(self, one: UUID, day: date, span: Span) -> bool:
        return all(
            taken.end <= span.start or span.end <= taken.start for taken in self._taken.get((one, day), ())
        )

    def _closed(self, one: UUID, span: Span) -> bool:
        return any(
            closure.resource_id in (None, one)
            and minute(closure.starts_at) < span.end
            and span.start < minute(closure.ends_at)
            for closure in self.practice.closures
        )

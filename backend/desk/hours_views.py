"""What the pages of hours print: a plan, the form of one thing of it, what a change would do. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.desk.hours_actions import OutsideVisit
from backend.desk.hours_forms import typed_of
from backend.desk.hours_rules import KEPT, KINDS, ONE_DAY, WEEKLY, Item, is_within, items_of
from backend.desk.hours_week_views import HOURS, WEEKS_SHOWN, WeekView, weeks_view
from backend.desk.hours_words import plan_lines, weekday, words
from backend.desk.views import day_href
from backend.kit import dates
from backend.kit.days import SCHOOL_ZONES
from backend.kit.forms import FormErrors
from backend.kit.i18n import t, tn
from backend.practice.change_repository import Edit
from backend.practice.model import Practice, ResourceKind, School, Site, Weeks
from backend.practice.plan_actions import Plan, stamp
from backend.practice.views import EditView, Faster, Option, when_words


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What a request is about, read anew: whose plan, at which site, on which day, for whom."""

    locale: str
    practice: Practice
    owner_id: UUID
    plan: Plan
    site: Site
    today: date

    @property
    def address(self) -> str:
        """The page of the plan."""
        return f"{HOURS}/{self.owner_id}"


class ItemLine(msgspec.Struct, frozen=True):
    """A thing of a plan, with the addresses where it is changed and taken out."""

    words: str
    change: str
    remove: str


class Section(msgspec.Struct, frozen=True):
    """The things of one kind."""

    kind: str
    title: str
    lead: str
    lines: list[ItemLine]
    add: str


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a person, chair or site."""

    address: str
    title: str
    zone: str
    stamp: str
    weeks: list[WeekView]
    earlier: str
    later: str
    sections: list[Section]
    is_site: bool
    keeps_public_holidays: bool
    school_zone: str
    school_zones: list[Option]
    history: list[EditView]
    faster: Faster | None
    done: bool


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """The form of one thing."""

    kind: str
    title: str
    who: str
    zone: str
    action: str
    back: str
    stamp: str
    known: dict[str, Any]
    weekdays: list[Option]
    weeks: list[Option]
    school: list[Option]
    form: FormErrors | None
    faster: Faster | None


class VisitLine(msgspec.Struct, frozen=True):
    """A visit that would lie outside."""

    href: str
    words: str


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would do, before it is stored."""

    who: str
    zone: str
    action: str
    back: str
    hidden: list[tuple[str, str]]
    can_correct: bool
    lines: list[str]
    weeks: list[WeekView]
    outside: str
    visits: list[VisitLine]
    mistake: str


def sections(plan: Plan, kinds: Sequence[str], address: str, site: Site, locale: str) -> list[Section]:
    """The things of a plan by kind, each with its addresses."""
    found = []
    for kind in kinds:
        lines = []
        for place, one in enumerate(items_of(plan, kind)):
            here = f"{address}/{kind}/{place}"
            lines.append(ItemLine(words(one, site, locale), here, f"{here}/retirer"))
        title, lead = t(locale, f"desk.hours_{kind}"), t(locale, f"desk.hours_{kind}_lead")
        found.append(Section(kind, title, lead, lines, f"{address}/{kind}/nouveau"))
    return found


def kinds_of(practice: Practice, owner_id: UUID) -> tuple[str, ...]:
    """What a plan may hold: a site closes, a practitioner keeps places back, the others do not."""
    for one in practice.resources:
        if one.id == owner_id:
            return KINDS if one.kind is ResourceKind.PRACTITIONER else tuple(k for k in KINDS if k != KEPT)
    return tuple(kind for kind in KINDS if kind not in (WEEKLY, ONE_DAY, KEPT))


def name_of(practice: Practice, owner_id: UUID) -> str:
    """What a plan's owner is called."""
    for site in practice.sites:
        if site.id == owner_id:
            return site.name
    return practice.resource(owner_id).name


def outside_words(visits: Sequence[OutsideVisit], locale: str) -> str:
    """'3 rendez-vous tombent hors de ces horaires', or that none does."""
    return tn(locale, "desk.hours_visits", len(visits)) if visits else t(locale, "desk.hours_no_visit")


def visit_lines(visits: Sequence[OutsideVisit], site: Site, locale: str) -> list[VisitLine]:
    """Each with the address of its place on the desk's day; nobody is named here."""
    return [
        VisitLine(
            day_href(one.starts_at.astimezone(site.timezone).date(), one.id),
            dates.moment(one.starts_at, site.zone, locale),
        )
        for one in visits
    ]


def plan_view(
    scene: Scene, monday: date, edits: Iterable[Edit], *, faster: Faster | None, done: bool
) -> PlanView:
    """The page of a plan, with two weeks from a Monday on."""
    locale, practice, plan, step = scene.locale, scene.practice, scene.plan, timedelta(weeks=WEEKS_SHOWN)
    kinds = kinds_of(practice, scene.owner_id)
    none = Option("", t(locale, "desk.hours_zone_none"))
    return PlanView(
        address=scene.address,
        title=name_of(practice, scene.owner_id),
        zone=scene.site.zone,
        stamp=stamp(plan),
        weeks=weeks_view(practice, practice, scene.owner_id, monday, locale),
        earlier=f"{scene.address}?semaine={monday - step}",
        later=f"{scene.address}?semaine={monday + step}",
        sections=sections(plan, kinds, scene.address, scene.site, locale),
        is_site=plan.keeps_public_holidays is not None,
        keeps_public_holidays=bool(plan.keeps_public_holidays),
        school_zone=plan.school_zone or "",
        school_zones=[none, *(Option(zone, zone) for zone in SCHOOL_ZONES)],
        history=history_views(scene, edits),
        faster=faster,
        done=done,
    )


def form_view(
    scene: Scene, kind: str, place: int | None, form: FormErrors | None, faster: Faster | None
) -> FormView:
    """The form of the thing at that place, or of a new one."""
    locale = scene.locale
    item: Item | None = None if place is None else items_of(scene.plan, kind)[place]
    return FormView(
        kind=kind,
        title=t(locale, f"desk.hours_{kind}_{'new' if item is None else 'change'}"),
        who=name_of(scene.practice, scene.owner_id),
        zone=scene.site.zone,
        action=f"{scene.address}/{kind}/{'nouveau' if place is None else place}",
        back=scene.address,
        stamp=stamp(scene.plan),
        known=typed_of(item, scene.site),
        weekdays=[Option(str(number), weekday(number, locale)) for number in range(1, 8)],
        weeks=options("weeks", list(Weeks), locale),
        school=options("choose_school", list(School), locale),
        form=form,
        faster=faster,
    )


def check_view(
    scene: Scene,
    plan: Plan,
    after: Practice,
    monday: date,
    visits: Sequence[OutsideVisit],
    hidden: Mapping[str, str],
    *,
    action: str,
    can_correct: bool,
    mistake: str,
) -> CheckView:
    """What it would do to give that plan; `after` is the practice with it, `hidden` what is sent again."""
    locale = scene.locale
    return CheckView(
        who=name_of(scene.practice, scene.owner_id),
        zone=scene.site.zone,
        action=action,
        back=scene.address,
        hidden=list(hidden.items()),
        can_correct=can_correct,
        lines=[*plan_lines(scene.plan, plan, scene.site, locale), *_kept_outside(scene, plan)],
        weeks=weeks_view(scene.practice, after, scene.owner_id, monday, locale),
        outside=outside_words(visits, locale),
        visits=visit_lines(visits, scene.site, locale),
        mistake=mistake,
    )


def _kept_outside(scene: Scene, plan: Plan) -> list[str]:
    """Kept places that would be of no use, because nobody is there any more."""
    return [
        t(scene.locale, "desk.hours_kept_outside", what=words(place, scene.site, scene.locale))
        for place in plan.emergency_places
        if is_within(place, scene.plan.openings) and not is_within(place, plan.openings)
    ]


def history_views(scene: Scene, edits: Iterable[Edit]) -> list[EditView]:
    """The changes of the plan, the newest first."""
    return [
        EditView(
            one.id,
            when_words(one, scene.site.zone, scene.locale),
            one.who or t(scene.locale, "practice.by_file"),
            plan_lines(one.state_before(Plan), one.state_after(Plan), scene.site, scene.locale),
            one.before is not None,
        )
        for one in edits
    ]


def faster_view(scene: Scene, edits: Iterable[Edit]) -> Faster:
    """Who changed the plan last, and how."""
    last = history_views(scene, edits)[:1]
    who = last[0].who if last else t(scene.locale, "practice.by_file")
    return Faster(t(scene.locale, "desk.hours_faster", who=who), last[0].lines if last else [])


def options(prefix: str, values: Sequence[str], locale: str) -> list[Option]:
    """Choices with their sentences."""
    return [Option(value, t(locale, f"desk.hours_{prefix}_{value}")) for value in values]

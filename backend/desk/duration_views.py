"""What the owner's page of lengths prints. Counts and minutes; nobody's visit."""

from uuid import UUID

import msgspec

from backend.booking.length_actions import Length, Lengths
from backend.booking.model.lengths import Decision
from backend.kit import dates
from backend.kit.forms import FormErrors
from backend.kit.i18n import t, tn
from backend.practice.model import Practice, Site


class ProposalView(msgspec.Struct, frozen=True):
    """Another length to decide about; `fields` are what either answer sends."""

    title: str
    figures: str
    accept: str
    fields: dict[str, str]


class RowView(msgspec.Struct, frozen=True):
    """One care of a practitioner, in words; without figures while there are few cases."""

    care: str
    is_own: bool
    figures: str
    left_out: str


class GroupView(msgspec.Struct, frozen=True):
    """What is known of one practitioner."""

    name: str
    rows: list[RowView]


class DurationsView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. `faster` says that figures or lengths are no longer those that were answered."""

    proposals: list[ProposalView]
    groups: list[GroupView]
    history: list[tuple[str, str]]
    practitioners: list[tuple[str, str]]
    cares: list[tuple[str, str]]
    faster: str = ""
    form: FormErrors | None = None


def durations_view(
    known: Lengths,
    practice: Practice,
    site: Site,
    locale: str,
    *,
    faster: str = "",
    form: FormErrors | None = None,
) -> DurationsView:
    """The whole page; care in the order of its name, what is to be decided first."""
    found = sorted(known.found, key=lambda one: practice.care_type(one.care_key).name(locale))
    groups = [
        GroupView(
            who.short_name,
            [_row(one, known.least, practice, locale) for one in found if one.practitioner_id == who.id],
        )
        for who in practice.practitioners
    ]
    return DurationsView(
        proposals=[_proposal(one, practice, locale) for one in found if one.learnt.proposal],
        groups=[group for group in groups if group.rows],
        history=[_line(one, known.least, practice, site, locale) for one in known.decisions],
        practitioners=[(str(one.id), one.short_name) for one in practice.practitioners],
        cares=sorted(
            ((care.key, care.name(locale)) for care in practice.care_types if not care.retired),
            key=lambda one: one[1],
        ),
        faster=faster,
        form=form,
    )


def _proposal(one: Length, practice: Practice, locale: str) -> ProposalView:
    minutes = one.learnt.proposal
    fields = {
        "praticien": str(one.practitioner_id),
        "soin": one.care_key,
        "prevu": str(one.planned),
        "minutes": str(minutes),
    }
    return ProposalView(
        title=_what(one.practitioner_id, one.care_key, practice, locale),
        figures=t(
            locale,
            "durations.proposal_figures",
            cases=one.learnt.cases,
            median=one.learnt.median,
            upper=one.learnt.upper,
            planned=one.planned,
        ),
        accept=t(locale, "durations.accept", minutes=minutes),
        fields=fields,
    )


def _row(one: Length, least: int, practice: Practice, locale: str) -> RowView:
    learnt = one.learnt
    return RowView(
        care=practice.care_type(one.care_key).name(locale),
        is_own=one.is_own,
        figures=t(
            locale,
            "durations.row_few" if learnt.median is None else "durations.row",
            least=least,
            cases=learnt.cases,
            planned=one.planned,
            median=learnt.median,
            upper=learnt.upper,
        ),
        left_out="" if learnt.median is None else _left_out(learnt.not_plain, learnt.implausible, locale),
    )


def _left_out(not_plain: int, implausible: int, locale: str) -> str:
    counts = (("durations.not_plain", not_plain), ("durations.implausible", implausible))
    what = ", ".join(tn(locale, key, count) for key, count in counts if count)
    return t(locale, "durations.left_out", what=what) if what else ""


def _line(one: Decision, least: int, practice: Practice, site: Site, locale: str) -> tuple[str, str]:
    """Who and when; what."""
    there = dates.local(one.decided_at, site.zone)
    when = f"{dates.day_and_year(there.date(), locale)}, {dates.hour(one.decided_at, site.zone, locale)}"
    figures = t(locale, "durations.history_few", least=least)
    if one.median is not None:
        figures = t(locale, "durations.history_figures", cases=one.cases, median=one.median, upper=one.upper)
    said = t(
        locale,
        f"durations.history_{one.verdict}",
        what=_what(one.practitioner_id, one.care_key, practice, locale),
        was=one.was_minutes,
        minutes=one.minutes,
    )
    who = one.given_name or t(locale, "durations.somebody")
    return f"{when} · {who}", f"{said} {figures}"


def _what(practitioner_id: UUID, care_key: str, practice: Practice, locale: str) -> str:
    names = {one.id: one.name for one in practice.resources}
    names |= {one.id: one.short_name for one in practice.practitioners}
    cares = {care.key: care.name(locale) for care in practice.care_types}
    who = names.get(practitioner_id) or t(locale, "durations.left")
    return t(locale, "durations.what", care=cares.get(care_key, care_key), practitioner=who)

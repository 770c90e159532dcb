"""What the family's pages print."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from backend.families.model import Relation, Relative
from backend.kit import dates
from backend.kit.days import age_on
from backend.kit.forms import FormErrors
from backend.kit.i18n import t, tn


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the family; `may_book` as this account may."""

    id: UUID
    name: str
    detail: str
    may_book: bool


class FamilyView(msgspec.Struct, frozen=True, kw_only=True):
    """The family page."""

    members: list[Member]
    has_own_file: bool


class WelcomeView(msgspec.Struct, frozen=True, kw_only=True):
    """The first page after signing up: one's own birth date."""

    given_name: str
    suite: str
    form: FormErrors | None = None


class ChildView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a child is added; the family name of the account is proposed."""

    family_name: str
    suite: str
    form: FormErrors | None = None


def members(family: Sequence[Relative], today: date, locale: str) -> list[Member]:
    """Each person with age and the reason why they stand here."""
    return [
        Member(
            id=one.id,
            name=f"{one.given_name} {one.family_name}",
            detail=_detail(one, today, locale),
            may_book=one.may_book,
        )
        for one in family
    ]


def _detail(one: Relative, today: date, locale: str) -> str:
    if one.relation is Relation.SELF:
        born = dates.date_and_year(one.birth_date, locale)
        return t(locale, "families.relation_self", born=born)
    age = tn(locale, "families.years", age_on(one.birth_date, today))
    return t(locale, f"families.relation_{one.relation}", age=age)

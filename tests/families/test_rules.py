"""Who may act for whom, without a database: to the minute, in the practice's own zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.families import rules
from backend.families.model import Guardian, Relation
from backend.kit.days import age_on
from backend.kit.ids import new_id

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
BORN = date(2008, 3, 10)
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def right(relation: Relation, *, may_book: bool = True, until: datetime | None = None) -> Guardian:
    return Guardian(
        account_id=new_id(),
        patient_id=new_id(),
        relation=relation,
        may_book=may_book,
        gets_messages=True,
        since=SINCE,
        until=until,
    )


@pytest.mark.parametrize("zone", [PARIS, REUNION])
def test_a_parents_right_ends_at_midnight_of_the_18th_birthday(zone: ZoneInfo) -> None:
    birthday = datetime(2026, 3, 10, tzinfo=zone)
    parent = right(Relation.PARENT)
    assert rules.may_act(parent, BORN, birthday - SECOND, zone)
    assert not rules.may_act(parent, BORN, birthday, zone)


def test_midnight_is_the_practices_not_greenwichs() -> None:
    midnight_in_reunion = datetime(2026, 3, 9, 20, tzinfo=UTC)
    parent = right(Relation.PARENT)
    assert not rules.may_act(parent, BORN, midnight_in_reunion, REUNION)
    assert rules.may_act(parent, BORN, midnight_in_reunion, PARIS)


def test_born_on_29_february_comes_of_age_on_1_march() -> None:
    assert rules.majority_at(date(2008, 2, 29), PARIS) == datetime(2026, 3, 1, tzinfo=PARIS)


@pytest.mark.parametrize("relation", [Relation.SELF, Relation.HELPER])
def test_other_rights_know_no_birthday(relation: Relation) -> None:
    later = datetime(2060, 1, 1, tzinfo=UTC)
    assert rules.may_act(right(relation), BORN, later, PARIS)


@pytest.mark.parametrize("relation", Relation)
def test_a_right_begins_and_ends_when_it_says(relation: Relation) -> None:
    until = datetime(2022, 1, 1, tzinfo=UTC)
    given_right = right(relation, until=until)
    assert not rules.may_act(given_right, BORN, SINCE - SECOND, PARIS)
    assert rules.may_act(given_right, BORN, SINCE, PARIS)
    assert rules.may_act(given_right, BORN, until - SECOND, PARIS)
    assert not rules.may_act(given_right, BORN, until, PARIS)


def test_a_helper_books_only_with_leave() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    assert rules.may_book(right(Relation.HELPER), BORN, now, PARIS)
    assert not rules.may_book(right(Relation.HELPER, may_book=False), BORN, now, PARIS)
    assert rules.may_act(right(Relation.HELPER, may_book=False), BORN, now, PARIS)


@given(
    born=st.dates(date(1950, 1, 1), date(2030, 12, 31)),
    today=st.dates(date(1970, 1, 1), date(2060, 12, 31)),
)
def test_the_three_ways_to_say_adult_agree(born: date, today: date) -> None:
    """The rule, the birth date that the database compares with, and an age in whole years."""
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=PARIS)
    grown_up = age_on(born, today) >= rules.MAJORITY
    assert (noon >= rules.majority_at(born, PARIS)) == grown_up
    assert (born <= rules.youngest_adult(today)) == grown_up


def test_adults_and_a_thirteenth_child_are_not_added() -> None:
    today = date(2026, 3, 10)
    rules.check_child(date(2008, 3, 11), today, already=11)
    with pytest.raises(rules.AlreadyAdult):
        rules.check_child(BORN, today, already=0)
    with pytest.raises(rules.TooManyChildren):
        rules.check_child(date(2020, 1, 1), today, already=12)

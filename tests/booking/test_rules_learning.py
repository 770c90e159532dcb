"""What is learnt from real times: the percentile against a naive one, what counts, what is proposed when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from backend.booking.rules import learning
from backend.booking.rules.learning import Case, learn

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def case(
    minutes: int, *, planned: int = 20, plain: bool = True, ago: timedelta = timedelta(days=30), hour: int = 9
) -> Case:
    """A visit that really took so long; it began at `hour` o'clock of some day before NOW."""
    seated = (NOW - ago).astimezone(PARIS).replace(hour=hour)
    return Case(
        planned=planned, seated_at=seated, finished_at=seated + timedelta(minutes=minutes), plain=plain
    )


def many(*minutes: int, times: int = 1, **known: object) -> list[Case]:
    return [case(each, **known) for each in minutes * times]  # type: ignore[arg-type]


def told(cases: list[Case], planned_now: int = 20, decided_at: datetime | None = None) -> learning.Learnt:
    return learn(cases, planned_now=planned_now, now=NOW, decided_at=decided_at)


@given(st.lists(st.integers(1, 240), min_size=1, max_size=120), st.integers(1, 100))
def test_the_percentile_is_the_least_value_that_so_many_do_not_exceed(minutes: list[int], share: int) -> None:
    enough = [one for one in minutes if sum(other <= one for other in minutes) * 100 >= share * len(minutes)]
    assert learning.percentile(minutes, share) == min(enough)


@given(st.lists(st.integers(5, 60), min_size=20, max_size=100), st.integers(1, 12))
def test_a_proposal_is_on_the_grid_and_holds_what_seven_of_ten_visits_took(
    minutes: list[int], fives: int
) -> None:
    found = told([case(each) for each in minutes], planned_now=fives * 5)
    within = [grid for grid in range(5, 65, 5) if sum(m <= grid for m in minutes) * 10 >= 7 * len(minutes)]
    assert found.proposal == (None if within[0] == fives * 5 else within[0])


@given(st.lists(st.tuples(st.integers(1, 100), st.booleans()), max_size=150))
def test_every_visit_is_counted_or_said_to_be_left_out(visits: list[tuple[int, bool]]) -> None:
    found = told([case(minutes, plain=plain) for minutes, plain in visits])
    believed = sum(plain and 5 <= minutes <= 60 for minutes, plain in visits)
    assert found.cases == min(believed, 100)
    assert found.not_plain == sum(not plain for _, plain in visits)
    assert found.implausible + found.not_plain + believed == len(visits)


def test_nineteen_cases_propose_nothing_and_the_twentieth_does() -> None:
    assert told(many(27, times=19)).proposal is None
    found = told(many(27, times=20))
    assert (found.cases, found.median, found.upper, found.proposal) == (20, 27, 27, 30)


def test_nothing_is_proposed_that_holds_already() -> None:
    assert told(many(27, times=20), planned_now=30).proposal is None
    assert told(many(27, times=20), planned_now=35).proposal == 30


def test_a_visit_that_something_made_longer_is_no_case() -> None:
    longer = many(45, times=30, plain=False)
    found = told([*many(24, times=20), *longer])
    assert (found.cases, found.not_plain, found.proposal) == (20, 30, 25)


def test_a_forgotten_tap_is_left_out_and_counted() -> None:
    forgotten = [case(61), case(4), case(0), case(-3)]
    midnight = datetime(2027, 2, 3, tzinfo=PARIS)
    late = timedelta(minutes=20)
    forgotten.append(Case(planned=20, seated_at=midnight - late, finished_at=midnight + late, plain=True))
    found = told([*forgotten, case(60), case(5)])
    assert (found.cases, found.implausible) == (2, 5)


def test_below_five_cases_no_figure_is_told() -> None:
    assert (told(many(27, times=4)).median, told(many(27, times=4)).upper) == (None, None)
    assert told(many(27, times=5)).median == 27


def test_only_the_latest_hundred_of_twelve_months_count() -> None:
    old = many(55, times=40, ago=timedelta(days=366))
    earlier = many(50, times=90, ago=timedelta(days=200))
    latest = many(22, times=100, ago=timedelta(days=3))
    found = told([*latest, *old, *earlier])
    assert (found.cases, found.upper) == (100, 22)
    assert told([*old, *earlier]).cases == 90


def test_after_a_decision_twenty_further_cases_are_waited_for() -> None:
    before = many(27, times=40, ago=timedelta(days=30))
    decided = NOW - timedelta(days=10)
    assert told(before, decided_at=decided).proposal is None
    assert told([*before, *many(27, times=19, ago=timedelta(days=2))], decided_at=decided).proposal is None
    assert told([*before, *many(27, times=20, ago=timedelta(days=2))], decided_at=decided).proposal == 30


def test_a_visit_over_the_change_of_clocks_has_its_real_minutes() -> None:
    seated = datetime(2027, 3, 28, 1, 45, tzinfo=PARIS)
    night = Case(
        planned=30, seated_at=seated, finished_at=datetime(2027, 3, 28, 3, 15, tzinfo=PARIS), plain=True
    )
    assert night.minutes == 30


def test_no_proposal_is_longer_than_a_visit_may_be() -> None:
    assert told(many(200, times=20, planned=170), planned_now=170).proposal == 180

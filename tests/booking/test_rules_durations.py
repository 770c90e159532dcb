"""How long a visit takes, against figures worked out by hand from the practice's rules."""

from datetime import date
from itertools import combinations

import pytest

from backend.booking.rules.durations import adjusted, duration, modifiers_for
from backend.kit.i18n import t
from backend.practice.defaults import care_types
from backend.practice.model import Modifier

CARE = {care.key: care for care in care_types()}
DAY = date(2026, 12, 1)
ADULT, CHILD_6, CHILD_5, ELDER = date(1988, 5, 4), date(2020, 3, 10), date(2021, 3, 10), date(1944, 2, 1)


def modifiers(care="CTRL", birth_date=ADULT, declared=(), first_visit=False, day=DAY):
    return modifiers_for(CARE[care], birth_date, day, frozenset(declared), first_visit)


def sentence(planned, care="CTRL", name="Lila"):
    reasons = ", ".join(
        t("fr", line.key, minutes=abs(line.minutes), care=CARE[care].phrase("fr"), name=name)
        for line in planned.lines
    )
    return t("fr", "practice.duration.sentence", total=planned.minutes, reasons=reasons).replace(
        "\u00a0", " "
    )


def test_it_works():
    planned = duration(CARE["CTRL"], modifiers(birth_date=CHILD_6))
    assert planned.minutes == 25
    assert sentence(planned) == "25 min : 20 min pour le contrôle, + 5 min car Lila a moins de 12 ans."


@pytest.mark.parametrize(
    ("care", "modifier", "minutes"),
    [
        ("CTRL", Modifier.CHILD_UNDER_6, 30),  # 20 x 1.25 = 25, but at least +10
        ("CAR3", Modifier.CHILD_UNDER_6, 65),  # 50 x 1.25 = 62.5
        ("CTRL", Modifier.CHILD_6_11, 25),
        ("CTRL", Modifier.VERY_ANXIOUS, 25),
        ("CAR1", Modifier.VERY_ANXIOUS, 40),  # 37.5
        ("CTRL", Modifier.HANDICAP, 40),  # 20 x 1.5 = 30, but at least +20
        ("CAR3", Modifier.HANDICAP, 75),
        ("CTRL", Modifier.INTERPRETER, 30),
        ("CTRL", Modifier.MEOPA, 40),
        ("CTRL", Modifier.WHEELCHAIR_OR_75, 30),
        ("CTRL", Modifier.HEARING, 30),
        ("CTRL", Modifier.LEGAL_GUARDIAN, 30),
        ("CTRL", Modifier.FIRST_VISIT, 30),
        ("AVUL1", Modifier.ANTICOAGULATED_SURGERY, 45),
    ],
)
def test_each_modifier_alone(care, modifier, minutes):
    assert duration(CARE[care], (modifier,)).minutes == minutes


@pytest.mark.parametrize(
    ("care", "together", "minutes"),
    [
        # (20 x 1.25) + 5 = 30, where adding first would give (20 + 5) x 1.25 = 31.25, so 35.
        ("CTRL", (Modifier.CHILD_6_11, Modifier.VERY_ANXIOUS), 30),
        # 20 + 10 = 30, x 1.25 = 37.5, x 1.5 = 56.25 but at least + 20 = 57.5
        ("CTRL", (Modifier.CHILD_UNDER_6, Modifier.VERY_ANXIOUS, Modifier.HANDICAP), 60),
        # 30 x 1.25 x 1.5 = 56.25, + 20 + 10 = 86.25: rounded once, at the end.
        ("CAR1", (Modifier.MEOPA, Modifier.FIRST_VISIT, Modifier.INTERPRETER, Modifier.VERY_ANXIOUS), 90),
        # 45 + 15 + 10 = 70
        ("AVUL2", (Modifier.ANTICOAGULATED_SURGERY, Modifier.WHEELCHAIR_OR_75), 70),
        # 90 x 1.5 x 1.5 = 202.5
        ("SAG4", (Modifier.HANDICAP, Modifier.INTERPRETER), 180),
    ],
)
def test_multiply_then_add_then_round_up_then_cut(care, together, minutes):
    assert duration(CARE[care], together).minutes == minutes


def test_the_order_in_which_modifiers_are_given_is_no_matter():
    some = (Modifier.MEOPA, Modifier.HANDICAP, Modifier.CHILD_UNDER_6)
    assert duration(CARE["CTRL"], some) == duration(CARE["CTRL"], some[::-1])


def test_the_lines_add_up_and_every_modifier_has_its_line():
    for care in CARE.values():
        for together in combinations(Modifier, 3):
            planned = duration(care, together)
            assert sum(line.minutes for line in planned.lines) == planned.minutes
            assert planned.minutes <= 180
            assert planned.minutes % 5 == 0
            assert set(planned.modifiers) == set(together)
            assert all(line.minutes > 0 for line in planned.lines if line.modifier)


def test_one_modifier_changed_changes_the_sentence():
    sentences = {
        sentence(duration(CARE["CTRL"], together))
        for together in [(), *((one,) for one in Modifier), (Modifier.CHILD_6_11, Modifier.MEOPA)]
    }
    assert len(sentences) == len(Modifier) + 2


def test_the_cut_at_three_hours_is_said():
    planned = duration(CARE["SAG4"], (Modifier.HANDICAP, Modifier.INTERPRETER))
    assert sentence(planned, "SAG4") == (
        "180 min : 90 min pour l’extraction des dents de sagesse, + 45 min pour s’adapter au handicap, "
        "+ 70 min pour l’interprète, − 25 min car un rendez-vous dure au plus 3 heures."
    )


def test_age_is_that_of_the_day_of_the_visit():
    assert modifiers(birth_date=date(2020, 12, 2)) == (Modifier.CHILD_UNDER_6,)
    assert modifiers(birth_date=date(2020, 12, 1)) == (Modifier.CHILD_6_11,)
    assert modifiers(birth_date=date(2014, 12, 2)) == (Modifier.CHILD_6_11,)
    assert modifiers(birth_date=date(2014, 12, 1)) == ()
    assert modifiers(birth_date=date(1951, 12, 2)) == ()
    assert modifiers(birth_date=date(1951, 12, 1)) == (Modifier.WHEELCHAIR_OR_75,)


@pytest.mark.parametrize("care", ["EBD_3_5", "EBD_6_12", "EBD_13_24"])
def test_m_t_dents_already_knows_the_age(care):
    for birth_date in (CHILD_5, CHILD_6):
        assert modifiers(care, birth_date, {Modifier.VERY_ANXIOUS}) == (Modifier.VERY_ANXIOUS,)


@pytest.mark.parametrize(
    ("care", "longer"), [("CONS1", False), ("ORTH1", False), ("CTRL", True), ("CONS30", True)]
)
def test_a_first_visit_is_longer_unless_the_care_is_one(care, longer):
    assert (Modifier.FIRST_VISIT in modifiers(care, first_visit=True)) is longer


def test_a_blood_thinner_matters_in_surgery_alone():
    declared = {Modifier.ANTICOAGULATED_SURGERY}
    assert modifiers("AVUL1", ELDER, declared) == (
        Modifier.WHEELCHAIR_OR_75,
        Modifier.ANTICOAGULATED_SURGERY,
    )
    assert modifiers("CTRL", ELDER, declared) == (Modifier.WHEELCHAIR_OR_75,)


def test_what_is_known_from_the_file_cannot_be_declared():
    forged = {Modifier.CHILD_UNDER_6, Modifier.CHILD_6_11, Modifier.FIRST_VISIT}
    assert modifiers(declared=forged) == ()


def test_the_wheelchair_of_an_old_person_counts_once():
    assert modifiers(birth_date=ELDER, declared={Modifier.WHEELCHAIR_OR_75}) == (Modifier.WHEELCHAIR_OR_75,)


def test_the_desk_changes_the_length_and_back():
    planned = duration(CARE["CTRL"], (Modifier.CHILD_6_11,))
    longer = adjusted(planned, 30)
    assert longer.minutes == 30
    assert sentence(longer).endswith("+ 5 min car Lila a moins de 12 ans, + 5 min ajoutées par le cabinet.")
    assert sentence(adjusted(longer, 20)).endswith("− 5 min retirées par le cabinet.")
    assert adjusted(longer, 25) == planned

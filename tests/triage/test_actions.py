"""Begin, answer, decide: what is stored, who may, and what each leaves in the journal."""

from typing import Any
from uuid import uuid4

import pytest

from backend.kit.errors import NotFound
from backend.triage import actions, repository
from backend.triage.model import Urgency
from backend.triage.questionnaire import questionnaire
from backend.triage.rules.asking import AlreadyDecided, MayNotBook, NothingChosen, Outdated
from backend.triage.rules.decide import Unfinished
from backend.triage.rules.walk import NoteTooLong, OneAnswerOnly, UnknownAnswer
from tests.triage.roads import AIRWAY, CHECKUP, TOOTHACHE, decided, journal


async def test_a_mother_answers_for_her_six_year_old(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    begun = await actions.begin(mother, cast["daughter"].patient_id, now)
    for question, given in CHECKUP.items():
        asking = await actions.answer(mother, begun.run.id, question, given, now)
    assert asking.age == 6
    assert asking.child
    run = await actions.decide(mother, begun.run.id, now)
    assert (run.urgency, run.care_key, run.books_within) == (Urgency.U4, "EBD_6_12", None)
    assert (run.patient_id, run.account_id) == (cast["daughter"].patient_id, mother.account_id)
    assert run.questionnaire_version == questionnaire().version
    assert await journal(database, run.id) == [
        "triage.begin",
        *["triage.answer"] * 4,
        "triage.decide",
        "triage.read_result",
    ]


async def test_a_toothache_travels_with_its_modifiers(viewer_of: Any, cast: Any) -> None:
    run = await decided(await viewer_of("mother"), cast["daughter"].patient_id, TOOTHACHE)
    assert (run.urgency, run.care_key, run.books_within) == (Urgency.U2, "URG", 24)
    assert run.modifiers == ("very_anxious",)


async def test_one_event_is_told_however_often_one_decides(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    mother = await viewer_of("mother")
    first = await decided(mother, cast["daughter"].patient_id, CHECKUP)
    again = await actions.decide(mother, first.id, await clock.now())
    assert again == first
    told = await database.fetch("select payload::text from outbox_event where name = 'TriageDecided'")
    assert [row["payload"] for row in told] == [f'{{"triage_id": "{first.id}"}}']


async def test_the_other_parent_may_answer_and_an_outsider_may_not(
    viewer_of: Any, cast: Any, clock: Any
) -> None:
    daughter, now = cast["daughter"].patient_id, await clock.now()
    assert (await actions.begin(await viewer_of("father"), daughter, now)).child
    for person in ("outsider", "teen", "receptionist", "dentist"):
        with pytest.raises(NotFound):
            await actions.begin(await viewer_of(person), daughter, now)


async def test_nobody_goes_on_with_somebody_elses_run(viewer_of: Any, cast: Any, clock: Any) -> None:
    now = await clock.now()
    begun = await actions.begin(await viewer_of("mother"), cast["daughter"].patient_id, now)
    for person in ("father", "outsider", "assistant"):
        other = await viewer_of(person)
        with pytest.raises(NotFound):
            await actions.read(other, begun.run.id, now)
        with pytest.raises(NotFound):
            await actions.answer(other, begun.run.id, "red_flags", ["none"], now)
        with pytest.raises(NotFound):
            await actions.decide(other, begun.run.id, now)


async def test_a_helper_needs_the_right_to_book(viewer_of: Any, cast: Any, clock: Any, database: Any) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    await database.execute(
        "update guardian set relation = 'helper', may_book = false where account_id = $1 and patient_id = $2",
        mother.account_id,
        cast["daughter"].patient_id,
    )
    with pytest.raises(MayNotBook):
        await actions.begin(mother, cast["daughter"].patient_id, now)


async def test_going_back_keeps_later_answers_but_only_the_road_counts(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    begun = await actions.begin(mother, cast["daughter"].patient_id, now)
    for question, given in TOOTHACHE.items():
        await actions.answer(mother, begun.run.id, question, given, now)
    changed = await actions.answer(mother, begun.run.id, "what", ["checkup"], now)
    assert changed.answers["pain_rest"] == ("yes",)
    run = await actions.decide(mother, begun.run.id, now)
    assert run.urgency is Urgency.U4
    kept, _ = await repository.open_run_for(mother, run.id, now)
    assert set(kept.answers) == {"red_flags", "what", "health", "help"}


async def test_answers_without_an_end_give_no_result(viewer_of: Any, cast: Any, clock: Any) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    begun = await actions.begin(mother, cast["daughter"].patient_id, now)
    with pytest.raises(Unfinished):
        await actions.decide(mother, begun.run.id, now)


async def test_a_decided_run_is_never_changed(viewer_of: Any, cast: Any, clock: Any) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    run = await decided(mother, cast["daughter"].patient_id, AIRWAY)
    again = await actions.answer(mother, run.id, "red_flags", ["airway"], now)
    assert again.run.decided_at == run.decided_at
    with pytest.raises(AlreadyDecided):
        await actions.answer(mother, run.id, "red_flags", ["none"], now)


async def test_a_run_of_older_questions_begins_anew(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    begun = await actions.begin(mother, cast["daughter"].patient_id, now)
    await database.execute("update triage_run set questionnaire_version = '1999.1'")
    with pytest.raises(Outdated):
        await actions.answer(mother, begun.run.id, "red_flags", ["none"], now)


@pytest.mark.parametrize(
    ("question", "given", "refusal"),
    [
        ("red_flags", ["werewolf"], UnknownAnswer),
        ("red_flags", [], NothingChosen),
        ("no_such_question", ["none"], UnknownAnswer),
        ("health", ["none"], UnknownAnswer),  # not reached yet
        ("note", ["a" * 20_000], NoteTooLong),
    ],
)
async def test_a_bad_answer_is_refused_and_nothing_is_kept(
    viewer_of: Any, cast: Any, clock: Any, question: str, given: list[str], refusal: type[Exception]
) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    begun = await actions.begin(mother, cast["daughter"].patient_id, now)
    with pytest.raises(refusal):
        await actions.answer(mother, begun.run.id, question, given, now)
    assert (await actions.read(mother, begun.run.id, now)).answers == {}


async def test_one_answer_means_one(viewer_of: Any, cast: Any, clock: Any) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    begun = await actions.begin(mother, cast["daughter"].patient_id, now)
    await actions.answer(mother, begun.run.id, "red_flags", ["none"], now)
    with pytest.raises(OneAnswerOnly):
        await actions.answer(mother, begun.run.id, "what", ["pain", "checkup"], now)


async def test_all_at_once_or_nothing(viewer_of: Any, cast: Any, clock: Any, database: Any) -> None:
    mother = await viewer_of("mother")
    for answers in ({"red_flags": ["none"]}, CHECKUP | {"note": ["a" * 201]}, {"red_flags": ["x"]}):
        with pytest.raises((Unfinished, NoteTooLong, UnknownAnswer)):
            await decided(mother, cast["daughter"].patient_id, answers)
    with pytest.raises(NotFound):
        await decided(mother, uuid4(), CHECKUP)
    assert await database.fetchval("select count(*) from triage_run") == 0
    assert await database.fetchval("select count(*) from audit_entry where action like 'triage.%'") == 0

"""Who may read a result, and who the answers behind it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.kit.errors import NotAllowed, NotFound
from backend.triage import actions, repository
from tests.triage.roads import CHECKUP, IN_DOUBT, TOOTHACHE, decided, journal


async def _visit(database: Any, cast: Any, run: Any, starts_at: datetime, practitioner: str) -> UUID:
    """An appointment that came of a run."""
    visit = uuid4()
    await database.execute(
        """
        insert into appointment (id, patient_id, triage_id, practitioner_id, chair_id, site_id, care_key,
          urgency, starts_at, ends_at, duration, status, version, moved_late, cancelled_late, created_at,
          changed_at)
        select $1, $2, $3, $4, chair.id, chair.site_id, $5, 'U4', $6::timestamptz,
          $6::timestamptz + interval '20 minutes', '{}', 'booked', 1, false, false, now(), now()
        from resource chair where chair.kind = 'chair' order by chair.id limit 1
        """,
        visit,
        run.patient_id,
        run.id,
        cast[practitioner].practitioner_id,
        run.care_key,
        starts_at,
    )
    return visit


async def test_a_result_is_read_by_all_who_may_act_for_the_patient(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    run = await decided(mother, cast["daughter"].patient_id, CHECKUP)
    for person in ("mother", "father"):
        assert await repository.result_for(await viewer_of(person), run.id, now) == run
    with pytest.raises(NotFound):
        await repository.result_for(await viewer_of("mother", strong=False), run.id, now)
    assert (await journal(database, run.id))[-2:] == ["triage.read_result"] * 2


async def test_unknown_foreign_and_undecided_look_the_same(viewer_of: Any, cast: Any, clock: Any) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    run = await decided(mother, cast["daughter"].patient_id, CHECKUP)
    begun = await actions.begin(mother, cast["daughter"].patient_id, now)
    asked = [("mother", begun.run.id), ("mother", uuid4()), ("mother", cast["daughter"].patient_id)]
    asked += [(person, run.id) for person in ("outsider", "teen", "elder", "receptionist", "assistant")]
    for person, run_id in asked:
        with pytest.raises(NotFound):
            await repository.result_for(await viewer_of(person), run_id, now)


async def test_whom_a_run_is_about_is_known_before_its_end(viewer_of: Any, cast: Any, clock: Any) -> None:
    mother, daughter, now = await viewer_of("mother"), cast["daughter"].patient_id, await clock.now()
    begun = await actions.begin(mother, daughter, now)
    assert await repository.person_of(mother, begun.run.id, now) == (daughter, None)
    run = await decided(mother, daughter, IN_DOUBT)
    assert await repository.person_of(await viewer_of("father"), run.id, now) == (daughter, "U1")
    for run_id in (run.id, uuid4()):
        with pytest.raises(NotFound):
            await repository.person_of(await viewer_of("outsider"), run_id, now)


async def test_a_parents_right_to_read_ends_at_the_18th_birthday(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    mother, now = await viewer_of("mother"), await clock.now()
    run = await decided(mother, cast["teen"].patient_id, CHECKUP)
    assert await repository.result_for(mother, run.id, now)
    today = await database.fetchval("select (business_now() at time zone 'Europe/Paris')::date")
    await database.execute(
        "update patient set birth_date = ($1::date - interval '18 years')::date where id = $2",
        today,
        run.patient_id,
    )
    with pytest.raises(NotFound):
        await repository.result_for(mother, run.id, now)
    assert await repository.result_for(await viewer_of("teen"), run.id, now)


async def test_without_passkey_only_this_sessions_answers(viewer_of: Any, cast: Any, clock: Any) -> None:
    by_passkey, by_code = await viewer_of("mother"), await viewer_of("mother", strong=False)
    daughter, now = cast["daughter"].patient_id, await clock.now()
    earlier = await decided(by_passkey, daughter, TOOTHACHE)
    with pytest.raises(NotFound):
        await actions.read_result(by_code, earlier.id, now)
    with pytest.raises(NotFound):
        await actions.read(by_code, earlier.id, now)
    own = await decided(by_code, daughter, TOOTHACHE)
    assert (await actions.read_result(by_code, own.id, now))[0] == own
    assert (await actions.read_result(by_passkey, own.id, now))[0] == own


async def test_the_assistant_reads_the_answers_of_the_day(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    assistant, now = await viewer_of("assistant"), await clock.now()
    run = await decided(
        await viewer_of("mother"), cast["daughter"].patient_id, TOOTHACHE | {"note": ["Merci"]}
    )
    with pytest.raises(NotFound):
        await actions.read_story(assistant, run.id, now)
    visit = await _visit(database, cast, run, now + timedelta(days=2), "dentist")
    with pytest.raises(NotFound):
        await actions.read_story(assistant, run.id, now)
    on_the_day = await clock.forward(days=2)
    story = await actions.read_story(assistant, run.id, on_the_day)
    assert [line.question_id for line in story.answers] == [*TOOTHACHE, "note"]
    assert story.answers[1].answers == ("Une douleur",)
    assert story.answers[-1].answers == ("Merci",)
    assert story.run == run
    await database.execute("update appointment set status = 'cancelled' where id = $1", visit)
    with pytest.raises(NotFound):
        await actions.read_story(assistant, run.id, on_the_day)
    assert (await journal(database, run.id)).count("triage.read_answers") == 1


async def test_the_assistant_reads_before_calling_back(viewer_of: Any, cast: Any, clock: Any) -> None:
    assistant, now = await viewer_of("assistant"), await clock.now()
    run = await decided(await viewer_of("mother"), cast["daughter"].patient_id, IN_DOUBT)
    assert (await actions.read_story(assistant, run.id, now)).answers[0].answers == ("Je ne sais pas",)
    with pytest.raises(NotFound):
        await actions.read_story(assistant, run.id, now + timedelta(hours=25))


async def test_a_practitioner_reads_the_answers_of_own_patients(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    now = await clock.now()
    await database.execute("update patient set usual_practitioner_id = null")
    run = await decided(await viewer_of("mother"), cast["daughter"].patient_id, TOOTHACHE)
    with pytest.raises(NotFound):
        await actions.read_story(await viewer_of("dentist"), run.id, now)
    await _visit(database, cast, run, now + timedelta(days=9), "dentist")
    assert (await actions.read_story(await viewer_of("dentist"), run.id, now)).run == run
    with pytest.raises(NotFound):
        await actions.read_story(await viewer_of("surgeon"), run.id, now)
    await database.execute(
        "update patient set usual_practitioner_id = $1 where id = $2",
        cast["surgeon"].practitioner_id,
        run.patient_id,
    )
    assert await actions.read_story(await viewer_of("surgeon"), run.id, now)


@pytest.mark.parametrize("person", ["receptionist", "owner", "mother", "outsider"])
async def test_nobody_else_reads_answers(
    viewer_of: Any, cast: Any, clock: Any, database: Any, person: str
) -> None:
    now = await clock.now()
    run = await decided(await viewer_of("mother"), cast["daughter"].patient_id, TOOTHACHE)
    await _visit(database, cast, run, now + timedelta(minutes=1), "dentist")
    with pytest.raises(NotAllowed):
        await actions.read_story(await viewer_of(person), run.id, now)
    assert "triage.read_answers" not in await journal(database, run.id)


async def test_answers_of_an_older_questionnaire_are_told_by_their_ids(
    viewer_of: Any, cast: Any, clock: Any, database: Any
) -> None:
    now = await clock.now()
    run = await decided(await viewer_of("mother"), cast["daughter"].patient_id, IN_DOUBT)
    await database.execute(
        """update triage_run set
           answers = '{"red_flags": ["unsure", "gone"], "old_question": ["old_answer"]}',
           outcome = 'old_outcome', reasons = '{old_rule}', alerts = '{old_alert}', advice = 'old_outcome'"""
    )
    story = await actions.read_story(await viewer_of("assistant"), run.id, now)
    assert [line.answers for line in story.answers] == [("Je ne sais pas", "gone"), ("old_answer",)]
    assert (story.outcome, story.reason, story.alerts) == ("old_outcome", "old_rule", ("old_alert",))

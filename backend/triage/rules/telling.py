"""A stored result in words: for the patient why, for those who give the care the answers as well."""

from collections.abc import Sequence

from backend.triage.model import (
    Answered,
    Answers,
    DecidedRun,
    Lines,
    Outcome,
    Questionnaire,
    Raise,
    Rule,
    SignOff,
    Story,
    Text,
    Urgency,
)
from backend.triage.rules.decide import advice


def why(questionnaire: Questionnaire, run: DecidedRun, locale: str, child: bool = False) -> str:
    """Why this urgency, in one sentence or two; empty where today's questionnaire lost the rule."""
    texts = (questionnaire.reason_by_id.get(key) for key in run.reasons)
    return " ".join(text.said(locale, child) for text in texts if text)


def meanwhile(questionnaire: Questionnaire, run: DecidedRun) -> Lines:
    """What to do meanwhile; no lines where today's questionnaire lost the outcome."""
    known = questionnaire.outcomes.keys() | {
        f"{each.id}.{level}" for each in questionnaire.raises for level in (Urgency.U0, Urgency.U1)
    }
    return advice(questionnaire, run) if run.advice in known else Lines()


def waits(text: Outcome | Rule | Raise) -> bool:
    """Whether a dentist has yet to approve this text."""
    return text.sign_off is SignOff.WAITING


def waits_for_sign_off(questionnaire: Questionnaire, run: DecidedRun) -> bool:
    """Whether any text that this result shows waits for a dentist's approval."""
    outcome = questionnaire.outcomes.get(run.outcome)
    texts: list[Outcome | Rule | Raise] = [*questionnaire.rules, *questionnaire.raises]
    reasons = any(waits(each) for each in texts if each.id in run.reasons)
    return reasons or (outcome is not None and waits(outcome))


def story(questionnaire: Questionnaire, run: DecidedRun, answers: Answers, locale: str) -> Story:
    """The whole of a run in words.

    What a later version of the questionnaire no longer knows is told by its id: the answer stays
    readable, and nobody puts new words into the patient's mouth.
    """
    outcome = questionnaire.outcomes.get(run.outcome)
    return Story(
        run=run,
        outcome=outcome.name.said(locale) if outcome else run.outcome,
        reason=" ".join(_said(questionnaire.reason_by_id.get(key), key, locale) for key in run.reasons),
        answers=tuple(
            _answered(questionnaire, key, answers[key], locale) for key in _in_order(questionnaire, answers)
        ),
        alerts=tuple(
            questionnaire.alerts[key].name.said(locale) if key in questionnaire.alerts else key
            for key in run.alerts
        ),
    )


def _in_order(questionnaire: Questionnaire, answers: Answers) -> list[str]:
    """As they were asked: JSON in the database keeps no order."""
    places = {question.id: place for place, question in enumerate(questionnaire.questions)}
    places[questionnaire.note.id] = len(places)
    return sorted(answers, key=lambda key: (places.get(key, len(places)), key))


def _answered(questionnaire: Questionnaire, key: str, given: Sequence[str], locale: str) -> Answered:
    if key == questionnaire.note.id:
        return Answered(question_id=key, question=questionnaire.note.said(locale), answers=tuple(given))
    question = questionnaire.question_by_id.get(key)
    words = tuple(_said(question.answer(each) if question else None, each, locale) for each in given)
    return Answered(question_id=key, question=_said(question, key, locale), answers=words)


def _said(text: Text | None, key: str, locale: str) -> str:
    return text.said(locale) if text else key

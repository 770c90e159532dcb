"""What the answers come to: the highest urgency wins, and nothing that is unknown lowers it."""

import msgspec

from backend.kit.errors import Refusal
from backend.triage.model import (
    CALL_BACK_MINUTES,
    DOUBT,
    Alert,
    Answer,
    Answers,
    Lines,
    Outcome,
    Questionnaire,
    Raise,
    Result,
    Rule,
    Urgency,
)
from backend.triage.rules.matching import Given, holding, level, raised_by, said
from backend.triage.rules.walk import Walk, walk


class Unfinished(Refusal):
    """A question on the road is not answered: half a story gives no result. `question` is its id."""

    key = "triage.unfinished"
    status = 422


class _Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that holds, its outcome and what raised it; `doubt` when only "je ne sais pas" made it hold."""

    rule: Rule
    outcome: Outcome
    raised: Raise | None
    doubt: bool

    @property
    def urgency(self) -> Urgency:
        return level(self.outcome, self.raised)


def decide(questionnaire: Questionnaire, answers: Answers, age: int) -> Result:
    """The result of a whole set of answers; `age` in whole years on the day of the answers.

    Of the rules that hold, the most urgent wins; between equals, a plain answer before a doubt, then the
    order of the files. Raises Unfinished, and as `walk`.
    """
    road = walk(questionnaire, answers, age)
    if road.pending is not None:
        raise Unfinished(question=road.pending.id)
    findings = _findings(questionnaire, road.given, age)
    first = findings[0]
    return Result(
        urgency=first.urgency,
        outcome=first.outcome.id,
        care_key=None if first.urgency is Urgency.U0 else first.outcome.care_key,
        advice=_advice_id(first),
        reasons=_reasons(first),
        also=_also(findings),
        modifiers=tuple(dict.fromkeys(answer.modifier for answer in _ticked(road) if answer.modifier)),
        alerts=_alerts(questionnaire, road),
        needs_call_back=first.urgency is Urgency.U1 or first.outcome.call_back,
        call_back_within=CALL_BACK_MINUTES if first.urgency is Urgency.U1 else None,
        books_within=first.urgency.books_within,
        questionnaire_version=questionnaire.version,
    )


def advice(questionnaire: Questionnaire, result: Result) -> Lines:
    """What to do meanwhile, in the words of this result's level."""
    raise_id, dot, urgency = result.advice.partition(".")
    if not dot:
        return questionnaire.outcomes[raise_id].advice
    raised = next(each for each in questionnaire.raises if each.id == raise_id)
    return raised.advice_u0 if urgency == Urgency.U0 else raised.advice_u1


def reason(questionnaire: Questionnaire, result: Result, locale: str, child: bool = False) -> str:
    """Why this urgency, in one sentence, and a second where a fragile health raised it."""
    texts = (questionnaire.reason_by_id[reason_id] for reason_id in result.reasons)
    return " ".join(text.said(locale, child) for text in texts)


def alerts(questionnaire: Questionnaire, result: Result) -> tuple[Alert, ...]:
    """The alerts of a result, with their words."""
    return tuple(questionnaire.alerts[alert_id] for alert_id in result.alerts)


def _findings(questionnaire: Questionnaire, given: Given, age: int) -> list[_Finding]:
    """What holds, the winner first."""
    found = []
    for rule in holding(questionnaire, given, age):
        outcome = questionnaire.outcomes[rule.outcome]
        raised = raised_by(outcome, questionnaire.raises, given)
        doubt = not said(rule.when, given)
        found.append(_Finding(rule=rule, outcome=outcome, raised=raised, doubt=doubt))
    # The sort is stable: among equals the order of the files stays.
    return sorted(found, key=lambda finding: (finding.urgency, finding.doubt))


def _advice_id(finding: _Finding) -> str:
    """A raised infection needs other words at U0 and U1; below, the outcome’s own advice holds."""
    if finding.raised is None or finding.urgency.books:
        return finding.outcome.id
    return f"{finding.raised.id}.{finding.urgency}"


def _reasons(finding: _Finding) -> tuple[str, ...]:
    why = DOUBT if finding.doubt else finding.rule.id
    return (why, finding.raised.id) if finding.raised else (why,)


def _also(findings: list[_Finding]) -> tuple[str, ...]:
    plain = dict.fromkeys(finding.outcome.id for finding in findings if not finding.doubt)
    return tuple(outcome for outcome in plain if outcome != findings[0].outcome.id)


def _ticked(road: Walk) -> list[Answer]:
    return [
        answer
        for question in road.asked
        for answer in question.answers
        if answer.id in road.given[question.id]
    ]


def _alerts(questionnaire: Questionnaire, road: Walk) -> tuple[str, ...]:
    ticked = {answer.alert for answer in _ticked(road)}
    return tuple(alert for alert in questionnaire.alerts if alert in ticked)

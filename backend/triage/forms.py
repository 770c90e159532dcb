"""What the pages post: whom it is for, the answers to one question, the note."""

from collections.abc import Sequence
from uuid import UUID

from backend.kit.forms import FormErrors, FormReader, Mistake
from backend.triage.model import AnswerKind, Note, Question, Questionnaire

FIELD = "answer"
WHO = "patient"


def read_patient(form: FormReader) -> UUID:
    """The patient chosen. Raises FormErrors."""
    if not form.typed.get(WHO):
        form.mistake(WHO, "asking.choose_person")
    chosen = form.id(WHO)
    form.finish()
    return chosen


def is_about(form: FormReader, place: int, screens: Sequence[str]) -> bool:
    """Whether the form posted is the one of this place.

    After an earlier answer was changed in another tab, the same place may hold another question.
    """
    return 1 <= place <= len(screens) and form.typed.get("question") == screens[place - 1]


def read_answer(
    questionnaire: Questionnaire, age: int, form: FormReader, ticked: Sequence[object]
) -> tuple[str, tuple[str, ...]]:
    """The question's id and what was answered, without doubles. Raises FormErrors, a typed text kept."""
    question_id = form.typed["question"]
    if question_id == questionnaire.note.id:
        return question_id, _read_note(questionnaire.note, form)
    words = [value for value in ticked if isinstance(value, str)]
    return question_id, _read_ticked(questionnaire.question_by_id[question_id], age, words)


def _read_ticked(question: Question, age: int, ticked: Sequence[str]) -> tuple[str, ...]:
    offered = {answer.id for answer in question.offered(age)}
    one_only = question.kind is AnswerKind.ONE
    if not ticked and not question.optional:
        _refuse("asking.choose" if one_only else "asking.choose_some")
    if not offered.issuperset(ticked) or (one_only and len(ticked) > 1):
        _refuse("kit.field_choose")
    return tuple(dict.fromkeys(ticked))


def _read_note(note: Note, form: FormReader) -> tuple[str, ...]:
    text = form.text(FIELD, required=False, longest=note.longest)
    form.finish()
    return (text,) if text else ()


def _refuse(key: str) -> None:
    mistakes: dict[str, Mistake] = {FIELD: (key, {})}
    raise FormErrors(mistakes, typed={})

"""What the pages post: whom it is for, the answers to one question, the note."""

from collections.abc import Sequence
from uuid import UUID

from backend.kit.forms import FormErrors, FormReader, Mistake
from backend.triage.model import AnswerKind, Note, Question

FIELD = "answer"


def read_patient(form: FormReader) -> UUID:
    """The patient chosen. Raises FormErrors."""
    if not form.typed.get("patient"):
        form.mistake("patient", "asking.choose_person")
    chosen = form.id("patient")
    form.finish()
    return chosen


def read_answers(question: Question, age: int, posted: Sequence[object]) -> tuple[str, ...]:
    """The ids ticked, without doubles. Raises FormErrors."""
    ticked = tuple(dict.fromkeys(value for value in posted if isinstance(value, str)))
    offered = {answer.id for answer in question.offered(age)}
    one_only = question.kind is AnswerKind.ONE
    if not ticked and not question.optional:
        _refuse("asking.choose" if one_only else "asking.choose_some")
    if not offered.issuperset(ticked) or (one_only and len(ticked) > 1):
        _refuse("kit.field_choose")
    return ticked


def read_note(note: Note, form: FormReader) -> tuple[str, ...]:
    """The free text, or nothing. Raises FormErrors with the text kept."""
    text = form.text(FIELD, required=False, longest=note.longest)
    form.finish()
    return (text,) if text else ()


def _refuse(key: str) -> None:
    mistakes: dict[str, Mistake] = {FIELD: (key, {})}
    raise FormErrors(mistakes, typed={})

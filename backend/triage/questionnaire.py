"""Reads `shared/triage` once and refuses a broken file with its name, the line and the cure."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from backend.triage.model import Questionnaire

FOLDER = Path(__file__).parents[2] / "shared" / "triage"


class BrokenQuestionnaire(Exception):  # noqa: N818 - the practice's word
    """A questionnaire that cannot be used; the message names file, line and cure. Stops the start."""

    def __init__(self, file: str, line: int, fault: str, cure: str) -> None:
        super().__init__(f"{file}, line {line}: {fault} Cure: {cure}")
        self.file, self.line, self.fault, self.cure = file, line, fault, cure


@cache
def questionnaire() -> Questionnaire:
    """The practice's questionnaire, read once."""
    return load(FOLDER)


def load(folder: Path, care_keys: Collection[str] | None = None) -> Questionnaire:
    """Reads and checks all the files of a folder.

    `care_keys` are the keys that the practice knows; None leaves that check out. Raises
    BrokenQuestionnaire at the first fault.
    """
    raise NotImplementedError

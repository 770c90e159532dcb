"""The cast: the invented people of the demo, who are also the tests' people. See `shared/demo/README.md`."""

from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec

from backend.demo.scene import Person, read_people
from backend.practice.file_reader import read_practice
from backend.practice.model import Practice

FOLDER = Path(__file__).parents[2] / "shared" / "demo"


class Cast(msgspec.Struct, frozen=True):
    """Everybody, by id: mother, daughter, teen, father, outsider, elder, receptionist, …"""

    people: dict[str, Person]

    def __getitem__(self, person: str) -> Person:
        return self.people[person]

    @property
    def accounts(self) -> list[Person]:
        """Those who can sign in."""
        return [person for person in self.people.values() if person.account_id]

    @property
    def patients(self) -> list[Person]:
        """Those who are cared for."""
        return [person for person in self.people.values() if person.patient_id]

    def by_address(self, address: str) -> Person | None:
        """Whom an e-mail address or a push subscription (which bears the person's id) belongs to."""
        if address in self.people:
            return self.people[address]
        return next((person for person in self.people.values() if person.email == address), None)


@cache
def cast() -> Cast:
    """The cast as `shared/demo/people.json` tells it."""
    people = read_people((FOLDER / "people.json").read_bytes().decode())
    return Cast({person.id: person for person in people})


def demo_practice(now: datetime) -> Practice:
    """The practice as `shared/demo/practice.toml` tells it, with its closures dated from `now`."""
    text = (FOLDER / "practice.toml").read_text(encoding="utf-8")
    return read_practice(text, None, now.date())

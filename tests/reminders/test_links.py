"""The link in a message can only be made by us, and is the same at every try."""

from uuid import UUID, uuid4

import pytest

from backend.reminders.links import read_token, token_for

SECRET = b"a secret for this test, of 32 bytes or more"


def test_a_token_names_its_delivery_and_is_always_the_same() -> None:
    delivery = uuid4()
    token = token_for(delivery, SECRET)
    assert token == token_for(delivery, SECRET)
    assert len(token) == 43
    assert read_token(token, SECRET) == delivery


@pytest.mark.parametrize("position", range(0, 43, 3))
def test_any_other_character_makes_it_nobodys(position: int) -> None:
    token = token_for(UUID(int=2**127), SECRET)
    other = "A" if token[position] != "A" else "Q"
    assert read_token(token[:position] + other + token[position + 1 :], SECRET) is None


@pytest.mark.parametrize("token", ["", "a", "é" * 43, "../../etc/passwd", "A" * 42, "A" * 44, "A" * 4000])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert read_token(token, SECRET) is None


def test_another_secret_or_purpose_does_not_serve() -> None:
    delivery = uuid4()
    assert read_token(token_for(delivery, SECRET), SECRET + b"!") is None

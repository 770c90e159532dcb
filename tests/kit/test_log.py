"""The log says what happened to which id; what somebody typed never reaches it."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from backend.kit import log

SECRET = "Lila a mal à une molaire"


@pytest.fixture(autouse=True)
def ours() -> Iterator[None]:
    """Our own setting for the test, and pytest's handlers back afterwards."""
    root, noisy = logging.getLogger(), ("asyncio", "litestar")
    before = root.handlers[:], root.level, [logging.getLogger(name).level for name in noisy]
    log.set_up()
    yield
    root.handlers[:], root.level, levels = before
    for name, level in zip(noisy, levels, strict=True):
        logging.getLogger(name).setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_known_field_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.log.warning("delivery late", delivery_id="0192", seconds=12)
    (line,) = lines(capsys)
    assert {
        "event": "delivery late",
        "level": "warning",
        "delivery_id": "0192",
        "seconds": 12,
    }.items() <= line.items()


@pytest.mark.parametrize(
    "field", ["reason", "name", "patient", "phone", "email", "text", "error", "where", "url"]
)
def test_a_field_that_nobody_allowed_is_dropped(field: str, capsys: pytest.CaptureFixture[str]) -> None:
    log.log.info("something happened", **{field: SECRET})
    written = capsys.readouterr().err
    assert "something happened" in written
    assert SECRET not in written
    assert field not in json.loads(written)


def test_an_exception_is_its_type_and_its_places(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        _fails_on(SECRET)
    except ValueError as error:
        log.log.error("bug", exc=error)
    (line,) = lines(capsys)
    assert line["error"] == "ValueError"
    assert any("_fails_on" in place for place in line["where"])
    assert SECRET not in json.dumps(line, ensure_ascii=False)


def test_what_is_no_exception_is_no_way_around(capsys: pytest.CaptureFixture[str]) -> None:
    log.log.error("bug", exc=SECRET)
    assert SECRET not in capsys.readouterr().err


def test_libraries_that_print_what_they_handle_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("asyncio", "aiosmtplib", "litestar", "arq", "pywebpush"):
        logging.getLogger(name).error(SECRET)
    logging.getLogger("anything").info(SECRET)
    assert capsys.readouterr().err == ""


def _fails_on(typed: str) -> None:
    raise ValueError(typed)

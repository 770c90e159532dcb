"""What PostgreSQL alone makes of a booking: its own load program with the product's statements."""

import asyncio
import os
import re
import subprocess
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

import asyncpg

from backend.audit import record
from backend.audit.model import Actor, ActorKind
from backend.booking.deed_repository import _BOOK, _KEEP
from backend.booking.events import AppointmentBooked
from backend.kit.deeds import joined
from backend.kit.parts import Part, texts_of, values_of
from backend.local import postgres_binaries
from backend.local.postgres import LocalPostgres
from backend.outbox import publish
from tests.bench import product


async def visits_a_second(
    postgres: LocalPostgres, owner: asyncpg.Connection, database: str, at_once: int, seconds: float
) -> float | None:
    """Visits held and confirmed a second; None where the machine has no pgbench."""
    program = postgres_binaries.find() / "pgbench"
    if not program.exists():
        return None
    people = [person.id for person in await product.people(owner, at_once)]
    names = {
        "people": f"{{{','.join(map(str, people))}}}",
        "practitioner": product.practitioner(1),
        "chair": product.chair(1),
    }
    url = postgres.owner_url(database)
    return await asyncio.to_thread(_run, program, url, names, at_once, round(seconds))


def script() -> str:
    """`booking.sql` with the product's statements in it."""
    text = Path(__file__).with_name("booking.sql").read_text()
    made = record.beside(_NOBODY, "hold.make", ("hold", "hold_id"))
    read = record.beside(_NOBODY, "triage.read_result", ("triage_run", "triage_id"))
    booked = record.beside(_NOBODY, "appointment.book", ("appointment", "id"), version=1)
    told = publish.beside(AppointmentBooked(appointment_id=UUID(int=0), version=1))
    return text.replace("{keep};", _statement(Part(_KEEP, (":row", ":spans")), _line(made)) + ";").replace(
        "{book};", _statement(Part(_BOOK, _ASKED), _line(read), _line(booked), _event(told)) + ";"
    )


# At which moment, and of which hold, session, strong or not, account; then the visit's id.
_ASKED = ("null", ":hold::uuid", ":person::uuid", "true", ":person::uuid", ":visit::uuid")
_NOBODY = Actor(ActorKind.ACCOUNT)


def _line(part: Part) -> Part:
    """A line of the journal by the person, as SQL."""
    kind, action, subject, details = (_text(part.values[place]) for place in (1, 4, 5, 6))
    return Part(part.sql, (_NEW, kind, ":person", "null", action, subject, details))


def _event(part: Part) -> Part:
    return Part(part.sql, (_NEW, *map(_text, part.values[1:])))


_NEW = "gen_random_uuid()"


def _text(value: object) -> str:
    # A colon before a letter would be a variable of pgbench's.
    return "'" + str(value).replace(":", ": ") + "'"


def _statement(*parts: Part) -> str:
    """The statement of a deed with what is written beside it, each place filled with SQL."""
    places = list(values_of(parts))
    return re.sub(r"\$(\d+)", lambda found: str(places[int(found[1]) - 1]), joined(texts_of(parts)))


def _run(program: Path, url: str, names: dict[str, object], at_once: int, seconds: int) -> float:
    load = ["-n", "-M", "prepared", "-c", str(at_once), "-j", "2", "-T", str(seconds)]
    values = [part for name, value in names.items() for part in ("-D", f"{name}={value}")]
    # What triggers say to the session is not for print; the script sends the notice, as the product does.
    quiet = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
    with NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script())
        file.flush()
        command = [str(program), *load, *values, "-f", file.name, url]
        told = subprocess.run(command, check=False, capture_output=True, text=True, env=quiet)
    found = re.search(r"tps = ([\d.]+)", told.stdout)
    assert found, told.stderr
    return float(found[1])

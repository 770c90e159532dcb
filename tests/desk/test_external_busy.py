"""The desk sees where an external agenda and a booked visit want the same practitioner, until one moves."""

import html
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from backend.booking.model import Appointment
from backend.desk import repository as desk
from backend.kit import db
from backend.kit.ids import new_id
from tests.booking.conftest import Steps
from tests.visits import PARIS


@pytest.fixture
async def visit(cast: Any, viewer_of: Any) -> Appointment:
    return await Steps(cast, viewer_of).booked(nth=4)


@pytest.fixture
async def receptionist(as_person: Any) -> httpx.AsyncClient:
    found: httpx.AsyncClient = await as_person("receptionist")
    return found


async def busy(visit: Appointment, begins: int, ends: int) -> None:
    """An external agenda is busy from and to so many minutes after the visit's start."""
    calendar_id = new_id()
    await db.execute(
        "insert into external_calendar (id, practitioner_id, name, url, due_at, created_at, synced_at)"
        " values ($1, $2, 'Faculté', 'https://agenda.example/a.ics', now(), now(), now())",
        *(calendar_id, visit.practitioner_id),
    )
    await db.execute(
        "insert into external_busy (id, calendar_id, practitioner_id, entry_digest, starts_at, ends_at)"
        " values ($1, $2, $3, '', $4, $5)",
        *(new_id(), calendar_id, visit.practitioner_id),
        *(visit.starts_at + timedelta(minutes=begins), visit.starts_at + timedelta(minutes=ends)),
    )


def day_of(visit: Appointment, chosen: bool = True) -> str:
    day = visit.starts_at.astimezone(PARIS).date()
    return f"/bureau/jour/{day}" + (f"?rdv={visit.id}" if chosen else "")


async def page(browser: httpx.AsyncClient, address: str) -> str:
    answer = await browser.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.text)


async def test_a_clash_is_on_the_block_in_the_panel_and_in_what_must_be_done(
    receptionist: httpx.AsyncClient, visit: Appointment, clock: Any
) -> None:
    await busy(visit, 10, 40)
    told = await page(receptionist, day_of(visit))
    assert "conflit d’agenda" in told
    assert "est occupé pendant ce rendez-vous" in told
    today = (await clock.now()).astimezone(PARIS).date()
    assert f"?rdv={visit.id}#fiche" in await page(receptionist, f"/bureau/jour/{today}")
    assert [one.visit_id for one in await desk.clashes(await clock.now())] == [visit.id]


async def test_what_touches_it_without_overlapping_is_no_clash(
    receptionist: httpx.AsyncClient, visit: Appointment, clock: Any
) -> None:
    await busy(visit, -30, 0)
    await busy(visit, visit.minutes, visit.minutes + 30)
    assert "conflit d’agenda" not in await page(receptionist, day_of(visit))
    assert await desk.clashes(await clock.now()) == []


@pytest.mark.parametrize("who_moves", ["the visit", "the other agenda", "the patient cancels"])
async def test_it_is_gone_when_one_of_them_moves(
    receptionist: httpx.AsyncClient,
    visit: Appointment,
    clock: Any,
    database: asyncpg.Connection,
    who_moves: str,
) -> None:
    await busy(visit, 0, visit.minutes)
    if who_moves == "the other agenda":
        await database.execute("delete from external_busy")
    elif who_moves == "the visit":
        to = visit.starts_at.astimezone(PARIS) + timedelta(minutes=visit.minutes)
        form = {"jour": f"{to:%Y-%m-%d}", "heure": f"{to:%H:%M}", "praticien": str(visit.practitioner_id)}
        answer = await receptionist.post(
            f"/bureau/rendez-vous/{visit.id}/deplacer", data={"version": "1", **form}
        )
        assert answer.status_code == 303
    else:
        answer = await receptionist.post(f"/bureau/rendez-vous/{visit.id}/annuler", data={"version": "1"})
        assert answer.status_code == 303
    assert await desk.clashes(await clock.now()) == []
    if who_moves != "the patient cancels":
        assert "conflit d’agenda" not in await page(receptionist, day_of(visit))


async def test_it_never_cancels_by_itself(visit: Appointment, database: asyncpg.Connection) -> None:
    await busy(visit, 0, visit.minutes)
    row = await database.fetchrow("select status, version from appointment where id = $1", visit.id)
    assert tuple(row) == ("booked", 1)


async def test_the_desk_places_a_visit_there_only_with_the_box_ticked(
    receptionist: httpx.AsyncClient, visit: Appointment
) -> None:
    await busy(visit, 30, 60)
    to = visit.starts_at.astimezone(PARIS) + timedelta(minutes=30)
    form = {
        "version": "1",
        "jour": f"{to:%Y-%m-%d}",
        "heure": f"{to:%H:%M}",
        "praticien": str(visit.practitioner_id),
    }
    refused = await receptionist.post(f"/bureau/rendez-vous/{visit.id}/deplacer", data=form)
    assert refused.status_code == 409
    told = html.unescape(refused.text)
    assert "Un agenda externe dit ce praticien occupé à cette heure." in told
    assert 'name="malgre"' in told
    placed = await receptionist.post(f"/bureau/rendez-vous/{visit.id}/deplacer", data={**form, "malgre": "1"})
    assert placed.status_code == 303
    assert "conflit d’agenda" in await page(receptionist, day_of(visit))


async def test_an_agenda_without_news_for_a_day_stands_in_what_must_be_done(
    receptionist: httpx.AsyncClient, visit: Appointment, database: asyncpg.Connection
) -> None:
    await busy(visit, -90, -60)
    assert "Agenda externe sans nouvelles" not in await page(receptionist, day_of(visit))
    await database.execute("update external_calendar set synced_at = now() - interval '25 hours'")
    assert "Agenda externe sans nouvelles" in await page(receptionist, day_of(visit))
    assert "Ajouter un agenda" not in await page(receptionist, "/bureau/agendas-externes")


async def test_free_time_does_not_show_what_is_busy_elsewhere(
    receptionist: httpx.AsyncClient, visit: Appointment, database: asyncpg.Connection
) -> None:
    practitioner = f"/bureau/temps-libre/{visit.practitioner_id}/"
    assert practitioner in await page(receptionist, day_of(visit))
    await busy(visit, -24 * 60, 24 * 60)
    assert practitioner not in await page(receptionist, day_of(visit))


async def test_the_days_stamp_changes_with_what_is_read_elsewhere(
    visit: Appointment, database: asyncpg.Connection
) -> None:
    await busy(visit, 0, 10)
    begin = visit.starts_at - timedelta(hours=12)
    before = await desk.stamp(begin, begin + timedelta(days=1), visit.site_id)
    await database.execute("update external_calendar set read_until = now()")
    assert await desk.stamp(begin, begin + timedelta(days=1), visit.site_id) != before

"""The desk's pages over HTTP, without script: week, undo, who was faster, initials, chairs."""

import gzip
import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.booking import actions, desk_actions
from backend.booking.model import Cancel, Move
from backend.demo.cast import cast as the_cast

PARIS = ZoneInfo("Europe/Paris")
HOURS = re.compile(r'data-start="([0-9:]+)"')


def local(moment: Any) -> Any:
    return moment.astimezone(PARIS)


def day_of(visit: Any) -> str:
    return f"/bureau/jour/{local(visit.starts_at):%Y-%m-%d}"


def form_to(visit: Any, later: timedelta, version: int = 1, **more: str) -> dict[str, str]:
    to = local(visit.starts_at) + later
    who = {"praticien": str(visit.practitioner_id), "version": str(version)}
    return {**who, "jour": f"{to:%Y-%m-%d}", "heure": f"{to:%H:%M}", **more}


async def test_after_a_move_the_page_offers_to_undo_it_and_does(steps: Any, as_person: Any) -> None:
    booked = await steps.booked()
    sam, nadia = await as_person("receptionist"), await as_person("assistant")
    address = f"/bureau/rendez-vous/{booked.id}"
    there = await sam.post(f"{address}/deplacer", data=form_to(booked, timedelta(days=7)))
    page = (await sam.get(there.headers["location"])).text
    assert "Annuler le déplacement" in page
    assert "Annuler le déplacement" not in (await nadia.get(there.headers["location"])).text
    change = re.search(r'name="changement" value="([^"]+)"', page)
    assert change
    back = await sam.post(f"{address}/reprendre", data={"changement": change[1]})
    assert back.headers["location"].startswith(day_of(booked))
    page = (await sam.get(back.headers["location"])).text
    assert HOURS.findall(page) == [f"{local(booked.starts_at):%H:%M}"]
    assert "Annuler le déplacement" not in page
    late = await sam.post(f"{address}/reprendre", data={"changement": change[1]})
    assert late.status_code == 409
    assert "Trop tard pour annuler" in late.text


async def test_a_move_into_a_named_chair(steps: Any, as_person: Any) -> None:
    booked = await steps.booked()
    sam = await as_person("receptionist")
    practice = await _chairs_of(booked.practitioner_id)
    other = next(chair for chair in practice if chair != booked.chair_id)
    address = f"/bureau/rendez-vous/{booked.id}/deplacer"
    moved = await sam.post(address, data=form_to(booked, timedelta(0), fauteuil=str(other)))
    page = (await sam.get(moved.headers["location"])).text
    column = page[page.index(f'data-chair="{other}"') :].split("</section>")[0]
    assert str(booked.id) in column
    wrong = form_to(booked, timedelta(0), version=2, fauteuil=str(booked.id))
    assert (await sam.post(address, data=wrong)).status_code == 422


async def _chairs_of(practitioner_id: Any) -> Any:
    from backend.practice.repository import load_practice

    return (await load_practice()).practitioner(practitioner_id).chair_ids


async def test_who_comes_second_reads_who_was_first(steps: Any, as_person: Any, viewer_of: Any) -> None:
    booked = await steps.booked()
    to = booked.starts_at + timedelta(days=7)
    wanted = Move(appointment_id=booked.id, version=1, practitioner_id=booked.practitioner_id, starts_at=to)
    await desk_actions.move(await viewer_of("receptionist"), wanted)
    nadia = await as_person("assistant")
    address = f"/bureau/rendez-vous/{booked.id}/deplacer"
    second = await nadia.post(address, data=form_to(booked, timedelta(days=14)))
    assert second.status_code == 409
    assert re.search(r"Modifié par Sam il y a \d+\u202fs\.", second.text)
    await actions.cancel((await viewer_of("mother")).actor, Cancel(appointment_id=booked.id, version=2))
    third = await nadia.post(address, data=form_to(booked, timedelta(days=14), version=2))
    assert "Modifié par la famille il y a" in third.text


async def test_the_week_of_a_practitioner_and_of_a_chair(steps: Any, as_person: Any) -> None:
    booked = await steps.booked()
    week = f"/bureau/semaine/{local(booked.starts_at):%Y-%m-%d}"
    sam = await as_person("receptionist")
    for who in (booked.practitioner_id, booked.chair_id):
        page = (await sam.get(f"{week}?qui={who}")).text
        column = page[page.index(f'data-day="{local(booked.starts_at):%Y-%m-%d}"') :].split("</section>")[0]
        assert str(booked.id) in column
        assert page.count('class="chair"') == 6
    other = next(chair for chair in await _chairs_of(booked.practitioner_id) if chair != booked.chair_id)
    assert str(booked.id) not in (await sam.get(f"{week}?qui={other}")).text
    assert (await sam.get(f"{week}?qui={booked.id}")).status_code == 404


async def test_the_discreet_day_holds_neither_name_nor_care(steps: Any, as_person: Any) -> None:
    booked = await steps.booked()
    sam = await as_person("receptionist")
    page = (await sam.get(day_of(booked))).text
    grid = page[page.index('class="day"') :].split("</main>")[0]
    assert "Lila R." in grid
    page = (await sam.get(day_of(booked) + "?discret=1")).text
    grid = page[page.index('class="day"') :].split("</main>")[0]
    assert "L. R." in grid
    assert not re.search("Lila|Roche|ontrôle", grid)
    assert the_cast()["daughter"].given_name == "Lila"


async def test_free_time_is_drawn_and_letters_can_be_switched_off(steps: Any, as_person: Any) -> None:
    booked = await steps.booked()
    sam = await as_person("receptionist")
    page = (await sam.get(day_of(booked))).text
    gap = r'class="gap at-\d+ len-\d+"><a href="/bureau/temps-libre/[^"]+">\d+\u202fh\u202f\d\d · \d+ min'
    assert re.search(gap, page)
    assert '/bureau/touches" checked' in page
    await sam.post("/bureau/touches", data={"lettres": "non"})
    assert '/bureau/touches" checked' not in (await sam.get(day_of(booked))).text


async def test_a_full_day_stays_a_small_page(steps: Any, as_person: Any, database: Any) -> None:
    """Eighty visits, each other's neighbours: 40 KB of gzip at most."""
    booked = await steps.booked()
    names = "patient_id, practitioner_id, chair_id, site_id, care_key, urgency, duration, status, created_at"
    await database.execute(
        f"""
        insert into appointment (id, {names}, changed_at, starts_at, ends_at)
        select gen_random_uuid(), {names}, changed_at, starts_at + n * interval '1 minute',
          ends_at + n * interval '1 minute'
        from appointment, generate_series(1, 79) n where id = $1
        """,
        booked.id,
    )
    page = (await (await as_person("receptionist")).get(day_of(booked))).text
    assert page.count("data-visit=") == 80
    assert len(gzip.compress(page.encode(), 6)) <= 40_000

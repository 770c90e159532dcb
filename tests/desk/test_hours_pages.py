"""The owner's pages of hours: each change is looked at first, tells what it leaves outside, can go back."""

import html
import re
from datetime import date, datetime, time, timedelta

import pytest

from backend.booking import slot_actions
from backend.desk import hours_actions
from backend.kit.days import holidays_between
from backend.practice import plan_actions
from backend.practice.model import Opening, Weeks
from backend.practice.plan_actions import plan_of
from backend.practice.repository import load_practice, read_practice_anew
from tests.booking.conftest import steps
from tests.desk.conftest import words
from tests.flows.scene import PARIS

__all__ = ["steps"]
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
SAVE = {"etape": "enregistrer"}
WEEKLY = {"debut": "08:00", "fin": "12:00", "semaines": "all", "ecole": "any", "du": "", "au": ""}


@pytest.fixture
async def owner(as_person):
    return await as_person("owner")


def hidden(page):
    """What the form of the page that tells sends along."""
    form = page[: page.index('value="enregistrer"')].rpartition("<form")[2]
    return {name: html.unescape(value) for name, value in HIDDEN.findall(form)}


async def look(client, address, **typed):
    """The page that says what a change would do."""
    plan_page = await client.get("/".join(address.split("/")[:4]))
    fresh = re.search(r'name="vu" value="(\w+)"', plan_page.text)
    return await client.post(address, data={"vu": fresh[1] if fresh else "", **typed})


async def save(client, address, looked):
    """Press the button of that page."""
    assert looked.status_code == 200, words(looked)
    return await client.post(address, data={**hidden(looked.text), **SAVE})


async def somebody():
    """A practitioner with hours, and the address of their plan."""
    practice = await read_practice_anew()
    one = practice.practitioners[0]
    return one, f"/bureau/horaires/{one.id}"


async def plan(owner_id):
    return plan_of(await read_practice_anew(), owner_id)


def coming(weekday, weeks=3):
    """That day of the week, some weeks on, and no public holiday."""
    today = datetime.now(PARIS).date()
    first = today + timedelta(days=(weekday - today.isoweekday()) % 7 + 7 * weeks)
    days = [first + timedelta(weeks=later) for later in range(5)]
    holidays = holidays_between("FR", None, days[0], days[-1])
    return next(day for day in days if day not in holidays)


async def test_new_hours_are_looked_at_then_stored_and_stand_in_the_history(owner, database):
    one, address = await somebody()
    form = {**WEEKLY, "jour_7": "1", "semaines": "even", "du": "2027-01-01", "au": "2027-06-30"}
    looked = await look(owner, f"{address}/semaine/nouveau", **form)
    shown = words(looked)
    assert "Vérifier avant d’enregistrer" in shown and "Aucun rendez-vous pris" in shown
    assert "dimanche 8 h 00 – 12 h 00, semaines paires, à partir du 1er janvier 2027" in shown
    assert await database.fetchval("select count(*) from practice_change") == 0
    saved = await save(owner, f"{address}/semaine/nouveau", looked)
    assert saved.headers["location"] == f"{address}?fait=1"
    added = Opening(
        resource_id=one.id,
        weekday=7,
        starts=time(8),
        ends=time(12),
        weeks=Weeks.EVEN,
        valid_from=date(2027, 1, 1),
        valid_until=date(2027, 6, 30),
    )
    assert added in (await load_practice()).openings
    page = words(await owner.get(saved.headers["location"]))
    assert "C’est enregistré" in page and "Heures de la semaine, ajouté : dimanche" in page
    line = await database.fetchrow("select action from audit_entry where action like 'practice.%'")
    assert line["action"] == "practice.plan"


async def test_a_changed_day_is_marked_in_the_preview(owner):
    _, address = await somebody()
    day = coming(7)
    looked = await look(owner, f"{address}/jour/nouveau", le=day.isoformat(), debut="09:00", fin="12:00")
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", looked.text, re.S)
    changed = [row for row in rows if ">change<" in row]
    assert len(rows) == 14 and len(changed) == 1
    assert "fermé" in changed[0] and "9\u202fh\u202f00 – 12\u202fh\u202f00" in changed[0]
    assert (await save(owner, f"{address}/jour/nouveau", looked)).status_code == 303
    week = words(await owner.get(f"{address}?semaine={day}"))
    assert "9 h 00 – 12 h 00" in week


async def test_booked_visits_outside_are_told_before_and_stay(owner, steps, database):
    booked = await steps.booked()
    address = f"/bureau/horaires/{booked.practitioner_id}"
    day = booked.starts_at.astimezone(PARIS).date().isoformat()
    looked = await look(owner, f"{address}/absence/nouveau", du=day, au="", debut="", fin="", motif="Congrès")
    shown = words(looked)
    assert "1 rendez-vous tombe hors de ces horaires" in shown and "Rien n’est annulé" in shown
    assert f'href="/bureau/jour/{day}?rdv={booked.id}#fiche"' in looked.text
    assert "Lila" not in shown
    assert (await save(owner, f"{address}/absence/nouveau", looked)).status_code == 303
    assert await database.fetchval("select status from appointment where id = $1", booked.id) == "booked"
    other = await steps.decided("mother", "teen")
    days = {slot.start.astimezone(PARIS).date() for slot in await steps.slots(other)}
    assert days
    taken = [slot for slot in await steps.slots(other) if slot.practitioner_id == booked.practitioner_id]
    assert all(slot.start.astimezone(PARIS).date().isoformat() != day for slot in taken)
    # What was outside before does not count again.
    again = await look(owner, f"{address}/absence/nouveau", du=day, au="", debut="", fin="", motif="Bis")
    assert "Aucun rendez-vous pris" in words(again)


async def test_a_visit_booked_after_the_look_stops_the_saving(owner, steps):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    address = f"/bureau/horaires/{slot.practitioner_id}/absence/nouveau"
    day = slot.start.astimezone(PARIS).date().isoformat()
    looked = await look(owner, address, du=day, au="", debut="", fin="", motif="Congrès")
    assert "Aucun rendez-vous pris" in words(looked)
    await steps.held(slot, triage_id)
    booked = await _book(steps, triage_id, slot)
    stopped = await owner.post(address, data={**hidden(looked.text), **SAVE})
    assert stopped.status_code == 409
    assert "Entre-temps" in words(stopped) and str(booked.id) in stopped.text
    assert (await owner.post(address, data={**hidden(stopped.text), **SAVE})).status_code == 303


async def test_control_without_the_second_look_such_a_visit_is_passed_over(owner, steps, monkeypatch):
    triage_id = await steps.decided()
    slot = (await steps.slots(triage_id))[0]
    address = f"/bureau/horaires/{slot.practitioner_id}/absence/nouveau"
    day = slot.start.astimezone(PARIS).date().isoformat()
    looked = await look(owner, address, du=day, au="", debut="", fin="", motif="Congrès")
    await _book(steps, triage_id, slot)
    monkeypatch.setattr(hours_actions, "mark_of", lambda _: "")
    assert (await owner.post(address, data={**hidden(looked.text), **SAVE})).status_code == 303


async def _book(steps, triage_id, slot):
    from backend.booking import actions
    from backend.booking.model import Book

    held = await steps.held(slot, triage_id)
    return await actions.book(await steps.viewer_of("mother"), Book(hold_id=held.id))


async def test_hours_taken_out_tell_whom_they_leave(owner, steps):
    booked = await steps.booked()
    address = f"/bureau/horaires/{booked.practitioner_id}"
    there = (await plan(booked.practitioner_id)).openings
    local = booked.starts_at.astimezone(PARIS)
    places = [
        number
        for number, one in enumerate(one for one in there if one.only_on is None)
        if one.weekday == local.isoweekday() and one.starts <= local.time() < one.ends
    ]
    looked = await look(owner, f"{address}/semaine/{places[0]}/retirer")
    assert "1 rendez-vous tombe hors" in words(looked)
    assert (await save(owner, f"{address}/semaine/{places[0]}/retirer", looked)).status_code == 303
    assert len((await plan(booked.practitioner_id)).openings) == len(there) - 1


async def test_back_to_an_earlier_plan_is_looked_at_too(owner, database):
    one, address = await somebody()
    before = await plan(one.id)
    looked = await look(owner, f"{address}/semaine/0/retirer")
    await save(owner, f"{address}/semaine/0/retirer", looked)
    change = re.search(r'name="changement" value="([^"]+)"', (await owner.get(address)).text)[1]
    looked = await look(owner, f"{address}/revenir", changement=change)
    assert "ajouté : " in words(looked)
    assert (await save(owner, f"{address}/revenir", looked)).status_code == 303
    assert await plan(one.id) == before
    assert await database.fetchval("select count(*) from practice_change") == 2
    other = (await read_practice_anew()).practitioners[1].id
    foreign = await look(owner, f"/bureau/horaires/{other}/revenir", changement=change)
    assert foreign.status_code == 404


async def test_who_comes_second_is_told_and_keeps_what_they_typed(owner):
    one, address = await somebody()
    new = f"{address}/absence/nouveau"
    day = coming(2).isoformat()
    first = await look(owner, new, du=day, au="", debut="", fin="", motif="Premier")
    second = await look(owner, new, du=day, au="", debut="09:00", fin="10:00", motif="Second")
    assert (await save(owner, new, first)).status_code == 303
    late = await owner.post(new, data={**hidden(second.text), **SAVE})
    assert late.status_code == 409
    assert re.search(r"Modifié par \w+ pendant", words(late))
    assert 'value="Second"' in late.text and 'value="09:00"' in late.text
    assert [one.reason for one in (await plan(one.id)).closures if one.reason in ("Premier", "Second")] == [
        "Premier"
    ]
    stale = await owner.post(f"{address}/semaine/0/retirer", data={**hidden(second.text), **SAVE})
    assert stale.status_code == 409 and "Modifié par" in words(stale)


async def test_control_without_the_look_at_what_was_seen_both_are_stored(owner, monkeypatch):
    one, address = await somebody()
    new, day = f"{address}/absence/nouveau", coming(2).isoformat()
    first = await look(owner, new, du=day, au="", debut="", fin="", motif="Premier")
    second = await look(owner, new, du=day, au="", debut="09:00", fin="10:00", motif="Second")
    await save(owner, new, first)

    async def believe(*_):
        return None

    monkeypatch.setattr(plan_actions, "check_seen", believe)
    monkeypatch.setattr("backend.desk.hours_pages._is_fresh", lambda *_: True)
    assert (await owner.post(new, data={**hidden(second.text), **SAVE})).status_code == 303
    assert len((await plan(one.id)).closures) >= 2


YESTERDAY = (date.today() - timedelta(days=3)).isoformat()  # noqa: DTZ011 - a day that is over everywhere
LATER = {"le": coming(7).isoformat(), "debut": "09:00", "fin": "12:00"}
AWAY = {"du": coming(2).isoformat(), "au": "", "debut": "", "fin": "", "motif": "Congés"}
KEPT = {"jour": "1", "debut": "10:00", "minutes": "30"}


@pytest.mark.parametrize(
    ("kind", "form", "field", "wrong", "at"),
    [
        *(("semaine", WEEKLY, "debut", value, "debut") for value in ("", "huit", "08:03", "25:00", "8")),
        *(("semaine", WEEKLY, "fin", value, "fin") for value in ("", "08:00", "07:00", "12:01")),
        *(("semaine", WEEKLY, "semaines", value, "semaines") for value in ("", "third")),
        *(("semaine", WEEKLY, "ecole", value, "ecole") for value in ("", "summer")),
        *(("semaine", WEEKLY, "du", value, "du") for value in ("demain", "2027-02-30", "9999-12-31")),
        ("semaine", {**WEEKLY, "du": "2027-05-01"}, "au", "2027-04-01", "au"),
        *(("jour", LATER, "le", value, "le") for value in ("", "Noël", YESTERDAY, "2093-01-01")),
        *(("jour", LATER, "fin", value, "fin") for value in ("", "09:00", "12:34")),
        *(
            ("absence", AWAY, "du", value, "du")
            for value in ("", "x", "2001-01-01", "0001-01-01", "9999-12-31")
        ),
        *(("absence", AWAY, "au", value, "au") for value in ("2001-01-01", "x", "2093-01-01", "9999-12-31")),
        *(("absence", AWAY, "motif", value, "motif") for value in ("", "x" * 81)),
        ("absence", AWAY, "debut", "09:00", "fin"),
        ("absence", {**AWAY, "debut": "09:00"}, "fin", "08:00", "fin"),
        *(("urgence", KEPT, "jour", value, "jour") for value in ("", "8", "0", "lundi")),
        *(("urgence", KEPT, "minutes", value, "minutes") for value in ("", "0", "7", "185")),
        *(("urgence", KEPT, "debut", value, "debut") for value in ("", "04:00", "10:02", "23:55")),
    ],
)
async def test_every_mistake_is_told_at_its_field_and_what_was_typed_stays(
    owner, kind, form, field, wrong, at
):
    one, address = await somebody()
    before = await plan(one.id)
    days = {"jour_7": "1"} if kind == "semaine" else {}
    answer = await look(
        owner, f"{address}/{kind}/nouveau", **{**form, **days, field: wrong, "etape": "enregistrer"}
    )
    assert answer.status_code == 422, words(answer)
    assert f'<a href="#{at}">' in answer.text and f'id="{at}"' in answer.text
    assert "<title>Erreur" in answer.text
    if kind != "urgence" and "debut" in form and field != "debut":
        assert f'value="{form["debut"]}"' in answer.text
    assert await plan(one.id) == before


async def test_no_day_and_overlaps(owner):
    one, address = await somebody()
    nothing = await look(owner, f"{address}/semaine/nouveau", **WEEKLY)
    assert nothing.status_code == 422 and '<a href="#jour_1">' in nothing.text
    there = next(one for one in (await plan(one.id)).openings if one.only_on is None)
    over = {**WEEKLY, f"jour_{there.weekday}": "1", "debut": f"{there.starts:%H:%M}", "fin": "23:00"}
    answer = await look(owner, f"{address}/semaine/nouveau", **over)
    assert answer.status_code == 422 and "Ces heures en recouvrent d’autres" in words(answer)
    kept = await look(owner, f"{address}/urgence/nouveau", **_kept_in(there))
    await save(owner, f"{address}/urgence/nouveau", kept)
    twice = await look(owner, f"{address}/urgence/nouveau", **_kept_in(there))
    assert twice.status_code == 422


def _kept_in(opening):
    return {"jour": str(opening.weekday), "debut": f"{opening.starts:%H:%M}", "minutes": "20"}


async def test_kept_places_that_nobody_is_there_for_are_told(owner):
    one, address = await somebody()
    weekly = [one for one in (await plan(one.id)).openings if one.only_on is None]
    kept = (await plan(one.id)).emergency_places[0]
    place = next(
        number
        for number, at in enumerate(weekly)
        if at.weekday == kept.weekday and at.starts <= kept.starts < at.ends
    )
    shown = words(await look(owner, f"{address}/semaine/{place}/retirer"))
    assert "tombe hors des heures" in shown
    absence = {"du": coming(2).isoformat(), "au": "", "debut": "", "fin": "", "motif": "Congés"}
    assert "tombe hors des heures" not in words(await look(owner, f"{address}/absence/nouveau", **absence))


async def test_one_may_correct_before_saving(owner):
    _, address = await somebody()
    new = f"{address}/jour/nouveau"
    looked = await look(owner, new, **LATER)
    back = await owner.post(new, data={**hidden(looked.text), "etape": "corriger"})
    assert back.status_code == 200 and f'value="{LATER["le"]}"' in back.text


async def test_a_site_closes_and_works_on_public_holidays(owner, steps, viewer_of, database):
    practice = await read_practice_anew()
    site = practice.sites[0]
    address = f"/bureau/horaires/{site.id}"
    page = words(await owner.get(address))
    assert "Heures de Europe/Paris" in page and "Heures de la semaine" not in page
    assert (await owner.get(f"{address}/semaine/nouveau")).status_code == 404
    looked = await look(owner, f"{address}/regles", zone_scolaire="B")
    assert "Ouvert les jours fériés" in words(looked)
    assert (await save(owner, f"{address}/regles", looked)).status_code == 303
    site = (await read_practice_anew()).sites[0]
    assert (site.keeps_public_holidays, site.school_zone) == (False, "B")
    booked = await steps.booked()
    day = booked.starts_at.astimezone(PARIS).date().isoformat()
    closed = await look(
        owner, f"{address}/absence/nouveau", du=day, au=day, debut="", fin="", motif="Travaux"
    )
    assert "1 rendez-vous tombe hors" in words(closed)
    assert (await save(owner, f"{address}/absence/nouveau", closed)).status_code == 303
    listed = await slot_actions.find_slots(await viewer_of("mother"), await steps.decided("mother", "teen"))
    assert day not in {found.isoformat() for found, _ in listed.days}
    assert await database.fetchval("select count(*) from practice_change") == 2


async def test_unknown_things_are_not_found(owner):
    one, address = await somebody()
    assert (await owner.get(f"{address}/semaine/99")).status_code == 404
    assert (await owner.get(f"{address}/vacances/nouveau")).status_code == 404
    assert (await owner.get(f"{address}?semaine=1900-01-01")).status_code == 404
    unknown = address.replace(str(one.id), "01970000-0000-7000-8000-00000000ffff")
    assert (await owner.get(unknown)).status_code == 404
    assert (await look(owner, f"{address}/regles", feries="1")).status_code == 404
    chair = one.chair_ids[0]
    assert (await owner.get(f"/bureau/horaires/{chair}/urgence/nouveau")).status_code == 404
    assert (await owner.get(f"/bureau/horaires/{chair}/semaine/nouveau")).status_code == 200


async def test_everybody_stands_on_the_first_page(owner):
    practice = await read_practice_anew()
    page = words(await owner.get("/bureau/horaires"))
    assert all(one.name in page for one in practice.resources)
    assert "Heures de Europe/Paris" in page and "h cette semaine" in page

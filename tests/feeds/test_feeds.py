"""Secret addresses of agendas: what they tell, whose they are, and when they end."""

import html
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from icalendar import Calendar

from backend.feeds import repository, rules
from backend.feeds.jobs import forget_feeds
from backend.kit import log
from backend.kit.ids import new_id
from tests.visits import FIRST_CHAIR, PARIS, at, booked, moved, plain_thursday

MEDICAL = ("Lila", "Roche", "Roux", "CTRL", "ontrôle", "soin", "dent", "/rendez-vous")
Person = Callable[..., Awaitable[httpx.AsyncClient]]


async def make(browser: httpx.AsyncClient, page: str = "/agenda", **form: str) -> str:
    """The path of a new secret address."""
    answer = await browser.post(page, data={"montre": "occupe", **form})
    assert answer.status_code == 200
    (address,) = re.findall(r'value="http://localhost:8000(/agenda/[^"]+)"', answer.text)
    return str(address)


@pytest.fixture
async def mother(as_person: Person) -> httpx.AsyncClient:
    return await as_person("mother")


@pytest.fixture
async def start(clock: Any) -> datetime:
    return at(plain_thursday(await clock.now()), "09:30")


@pytest.fixture
async def address(mother: httpx.AsyncClient, cast: Any, start: datetime) -> str:
    """The mother's for Lila, who has a visit."""
    await booked("daughter", start)
    return await make(mother, patient=str(cast["daughter"].patient_id))


def events(answer: httpx.Response) -> list[Any]:
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content).walk("VEVENT")


async def test_it_tells_when_and_no_more(anonymous: httpx.AsyncClient, address: str, start: datetime) -> None:
    answer = await anonymous.get(address)
    (event,) = events(answer)
    assert (event["DTSTART"].dt, event["DTEND"].dt - event["DTSTART"].dt) == (start, timedelta(minutes=30))
    assert event["DTSTART"].dt.tzinfo is not None
    assert str(event["SUMMARY"]) == "Occupé"
    assert not {"LOCATION", "DESCRIPTION", "URL", "ATTENDEE", "ORGANIZER"} & set(event)
    assert [word for word in MEDICAL if word in answer.text] == []
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in answer.text
    assert "BEGIN:VTIMEZONE" in answer.text
    assert answer.text.endswith("END:VCALENDAR\r\n")
    assert "METHOD" not in answer.text


async def test_what_it_sends_is_kept_by_nobody_on_the_way(anonymous: httpx.AsyncClient, address: str) -> None:
    answer = await anonymous.get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


async def test_place_and_hour_of_arrival_only_on_wish(
    mother: httpx.AsyncClient, anonymous: httpx.AsyncClient, cast: Any, start: datetime
) -> None:
    await booked("daughter", start)
    address = await make(mother, patient=str(cast["daughter"].patient_id), montre="lieu")
    answer = await anonymous.get(address)
    (event,) = events(answer)
    assert str(event["SUMMARY"]) == "Rendez-vous"
    assert str(event["DESCRIPTION"]) == "Arrivée à 9\u202fh\u202f30"
    assert "Cabinet des Tilleuls" in str(event["LOCATION"])
    assert [word for word in MEDICAL if word in answer.text] == []


async def test_a_moved_visit_keeps_its_id_and_a_cancelled_one_says_so(
    anonymous: httpx.AsyncClient, address: str, start: datetime, database: asyncpg.Connection
) -> None:
    (before,) = events(await anonymous.get(address))
    appointment_id = await database.fetchval("select id from appointment where starts_at = $1", start)
    await moved(appointment_id, start + timedelta(days=1))
    (after,) = events(await anonymous.get(address))
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert (str(after["STATUS"]), after["DTSTART"].dt) == ("CONFIRMED", start + timedelta(days=1))
    await database.execute("update appointment set status = 'cancelled' where id = $1", appointment_id)
    (gone,) = events(await anonymous.get(address))
    assert (str(gone["STATUS"]), gone["SEQUENCE"]) == ("CANCELLED", after["SEQUENCE"] + 1)


async def test_it_reaches_from_a_month_ago_to_a_year_ahead(
    anonymous: httpx.AsyncClient, address: str, clock: Any
) -> None:
    now = await clock.now()
    for days in (-40, -20, 300, 400):
        await booked("daughter", now + timedelta(days=days), told=False)
    starts = [event["DTSTART"].dt - now for event in events(await anonymous.get(address))]
    assert len(starts) == 3
    assert timedelta(days=-30) < min(starts) < max(starts) < timedelta(days=366)


async def test_who_has_it_already_gets_it_once(
    anonymous: httpx.AsyncClient, address: str, start: datetime, database: asyncpg.Connection
) -> None:
    first = await anonymous.get(address)
    again = await anonymous.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == "private, no-store"
    noted = await database.fetchval("select count(*) from audit_entry where action = 'feed.read'")
    assert noted == 1, "what was not told was not read"
    await booked("daughter", start + timedelta(days=7))
    changed = await anonymous.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert len(events(changed)) == 2


async def test_the_right_is_looked_at_again_at_each_fetch(
    anonymous: httpx.AsyncClient, address: str, cast: Any, database: asyncpg.Connection
) -> None:
    assert (await anonymous.get(address)).status_code == 200
    await database.execute(
        "update guardian set until = business_now() where account_id = $1", cast["mother"].account_id
    )
    assert (await anonymous.get(address)).status_code == 404
    await database.execute("update guardian set until = null")
    assert (await anonymous.get(address)).status_code == 200
    await database.execute("update account set closed_at = now() where id = $1", cast["mother"].account_id)
    assert (await anonymous.get(address)).status_code == 404


async def test_a_parents_agenda_ends_at_midnight_of_the_18th_birthday(
    as_person: Person, anonymous: httpx.AsyncClient, cast: Any, clock: Any, database: asyncpg.Connection
) -> None:
    noe = cast["teen"].patient_id
    address = await make(await as_person("father"), patient=str(noe))
    own = await make(await as_person("teen"), patient=str(noe))
    born = await database.fetchval("select birth_date from patient where id = $1", noe)
    birthday = datetime(born.year + 18, born.month, born.day, tzinfo=PARIS)
    await clock.move_to(birthday.astimezone(UTC) - timedelta(seconds=30))
    assert (await anonymous.get(address)).status_code == 200
    await clock.move_to(birthday.astimezone(UTC))
    assert (await anonymous.get(address)).status_code == 404
    assert (await anonymous.get(own)).status_code == 200


async def test_control_without_the_right_in_the_statement_it_goes_on(
    anonymous: httpx.AsyncClient, address: str, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.execute("update guardian set until = business_now()")
    assert repository._RIGHT in repository._OPEN
    blind = f"({repository._RIGHT} or $1::timestamptz is not null)"
    monkeypatch.setattr(repository, "_OPEN", repository._OPEN.replace(repository._RIGHT, blind))
    assert (await anonymous.get(address)).status_code == 200


async def test_taken_back_it_is_as_unknown_as_any_other(
    mother: httpx.AsyncClient, anonymous: httpx.AsyncClient, address: str, database: asyncpg.Connection
) -> None:
    feed_id = await database.fetchval("select id from calendar_feed")
    assert (await mother.post(f"/agenda/{feed_id}/retirer")).status_code == 303
    gone = await anonymous.get(address)
    unknown = await anonymous.get("/agenda/" + "a" * 43 + ".ics")
    assert gone.status_code == unknown.status_code == 404
    assert (await anonymous.get(address.removesuffix(".ics"))).status_code == 404
    assert (await anonymous.get("/agenda/" + "a" * 5000 + ".ics")).status_code == 404
    assert (await mother.post(f"/agenda/{feed_id}/retirer")).status_code == 404


async def test_only_who_made_it_may_take_it_back(
    as_person: Person, anonymous: httpx.AsyncClient, address: str, database: asyncpg.Connection
) -> None:
    feed_id = await database.fetchval("select id from calendar_feed")
    for person in ("father", "outsider"):
        assert (await (await as_person(person)).post(f"/agenda/{feed_id}/retirer")).status_code == 404
    assert (
        await (await as_person("dentist")).post(f"/bureau/mon-agenda/{feed_id}/retirer")
    ).status_code == 404
    assert (await anonymous.get(address)).status_code == 200


async def test_nobody_makes_one_for_anothers_child_or_with_a_code(
    as_person: Person, cast: Any, database: asyncpg.Connection
) -> None:
    form = {"patient": str(cast["daughter"].patient_id), "montre": "occupe"}
    for person in ("outsider", "teen", "receptionist"):
        assert (await (await as_person(person)).post("/agenda", data=form)).status_code == 404
    by_code = await as_person("mother", strong=False)
    assert (await by_code.post("/agenda", data=form)).status_code == 401
    assert await database.fetchval("select count(*) from calendar_feed") == 0


async def test_the_secret_is_shown_once_and_kept_nowhere(
    mother: httpx.AsyncClient, anonymous: httpx.AsyncClient, address: str, database: asyncpg.Connection
) -> None:
    page = html.unescape((await mother.get("/agenda")).text)
    token = address.removeprefix("/agenda/").removesuffix(".ics")
    assert "Lila · «\xa0Occupé\xa0», sans lieu" in page
    assert "Aucun agenda ne l’a encore lue" in page
    assert token not in page
    await anonymous.get(address)
    assert "Lue par un agenda pour la dernière fois" in html.unescape((await mother.get("/agenda")).text)
    for (table,) in await database.fetch("select tablename from pg_tables where schemaname = 'public'"):
        rows = await database.fetch(f'select * from "{table}"')
        assert token not in repr([tuple(row) for row in rows]), table


async def test_of_whom_the_right_has_ended_the_name_is_told_no_more(
    mother: httpx.AsyncClient, address: str, cast: Any, database: asyncpg.Connection
) -> None:
    await database.execute(
        "update guardian set until = business_now() where account_id = $1 and patient_id = $2",
        *(cast["mother"].account_id, cast["daughter"].patient_id),
    )
    page = html.unescape((await mother.get("/agenda")).text)
    assert "Votre droit a pris fin" in page
    assert "Lila" not in page
    feed_id = await database.fetchval("select id from calendar_feed")
    assert (await mother.post(f"/agenda/{feed_id}/retirer")).status_code == 303


async def test_making_reading_and_taking_back_are_noted(
    mother: httpx.AsyncClient, anonymous: httpx.AsyncClient, address: str, cast: Any, database: Any
) -> None:
    await anonymous.get(address)
    feed_id = await database.fetchval("select id from calendar_feed")
    await mother.post(f"/agenda/{feed_id}/retirer")
    lines = await database.fetch("select * from audit_entry where subject_id = $1 order by id", feed_id)
    assert [line["action"] for line in lines] == ["feed.make", "feed.read", "feed.revoke"]
    assert {line["patient_id"] for line in lines} == {cast["daughter"].patient_id}
    assert {line["actor_account_id"] for line in lines} == {cast["mother"].account_id}


async def test_there_is_a_limit_a_minute_and_a_limit_a_person(
    mother: httpx.AsyncClient, anonymous: httpx.AsyncClient, address: str, cast: Any, database: Any
) -> None:
    for _ in range(rules.MOST_A_MINUTE):
        assert (await anonymous.get(address)).status_code == 200
    for _ in range(3):
        refused = await anonymous.get(address)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    await database.execute("update calendar_feed set minute_from = minute_from - interval '1 minute'")
    assert (await anonymous.get(address)).status_code == 200

    patient = str(cast["daughter"].patient_id)
    for _ in range(rules.MOST - 1):
        await make(mother, patient=patient)
    refused = await mother.post("/agenda", data={"patient": patient, "montre": "occupe"})
    assert refused.status_code == 409
    assert "Vous avez déjà 10 adresses" in html.unescape(refused.text)


async def test_a_form_without_a_choice_says_so(mother: httpx.AsyncClient, cast: Any) -> None:
    answer = await mother.post("/agenda", data={"patient": str(cast["daughter"].patient_id)})
    assert answer.status_code == 422
    assert "Choisissez" in answer.text


async def test_the_secret_is_in_no_log(
    anonymous: httpx.AsyncClient,
    address: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log.set_up()
    token = address.removeprefix("/agenda/").removesuffix(".ics")

    async def broken(*_: object) -> None:
        raise RuntimeError(token)

    await anonymous.get(address)
    monkeypatch.setattr(repository, "visits", broken)
    assert (await anonymous.get(address)).status_code == 500
    monkeypatch.undo()
    assert (await anonymous.get(f"{address[:-5]}.ics")).status_code == 404
    told = capsys.readouterr()
    assert '"event": "bug"' in told.err
    assert "/agenda/{name}" in told.err
    assert token[:20] not in told.err + told.out


async def test_a_practitioner_sees_their_own_column_and_nobody_in_it(
    as_person: Person, anonymous: httpx.AsyncClient, start: datetime, database: asyncpg.Connection
) -> None:
    await booked("daughter", start)
    await booked("elder", start + timedelta(hours=1))
    dentist = await as_person("dentist")
    busy = await make(dentist, "/bureau/mon-agenda")
    placed = await make(dentist, "/bureau/mon-agenda", montre="lieu")
    assert [str(event["SUMMARY"]) for event in events(await anonymous.get(busy))] == ["Occupé", "Occupé"]
    answer = await anonymous.get(placed)
    chair = await database.fetchval("select name from resource where id = $1", FIRST_CHAIR)
    assert [str(event["SUMMARY"]) for event in events(answer)] == [chair, chair]
    assert [word for word in (*MEDICAL, "Lambert", "Jean") if word in answer.text] == []
    surgeon = await as_person("surgeon")
    others = await make(surgeon, "/bureau/mon-agenda")
    assert events(await anonymous.get(others)) == []


async def test_it_ends_with_the_practitioners_work_here(
    as_person: Person, anonymous: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    address = await make(await as_person("dentist"), "/bureau/mon-agenda")
    assert (await anonymous.get(address)).status_code == 200
    await database.execute(
        "update staff_member set until = now() where account_id = $1", cast["dentist"].account_id
    )
    assert (await anonymous.get(address)).status_code == 404


async def test_the_column_is_its_practitioners_alone(as_person: Person) -> None:
    for person in ("receptionist", "owner", "mother"):
        browser = await as_person(person)
        assert (await browser.get("/bureau/mon-agenda")).status_code == 403
    dentist = await as_person("dentist")
    assert (await dentist.post(f"/bureau/mon-agenda/{new_id()}/retirer")).status_code == 404


async def test_a_year_after_it_was_taken_back_it_is_forgotten(
    mother: httpx.AsyncClient, cast: Any, database: asyncpg.Connection
) -> None:
    for _ in range(4):
        await make(mother, patient=str(cast["daughter"].patient_id))
    old, recent, in_use, closed = [
        row["id"] for row in await database.fetch("select id from calendar_feed order by id")
    ]
    for feed_id, days in ((old, 366), (recent, 364)):
        await database.execute(
            "update calendar_feed set revoked_at = now() - $2::interval where id = $1",
            feed_id,
            timedelta(days=days),
        )
    outsider = cast.people["outsider"].account_id
    await database.execute("update calendar_feed set account_id = $2 where id = $1", closed, outsider)
    await database.execute(
        "update account set closed_at = now() - interval '366 days' where id = $1", outsider
    )
    assert await forget_feeds() == 2
    left = {row["id"] for row in await database.fetch("select id from calendar_feed")}
    assert left == {recent, in_use}

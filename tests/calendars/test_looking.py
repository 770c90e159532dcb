"""The worker looks at an external agenda: what it takes over, and what it keeps when the look fails.
Each protection is also tried without it."""

import asyncio
import gzip
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from backend.calendars import fetching, jobs, repository, rules
from backend.calendars.model import Trouble
from backend.demo.peers.agenda import calendar
from backend.kit.clock import business_now, machine_now
from backend.kit.ids import new_id
from tests.calendars.conftest import Elsewhere
from tests.sites import FAR, PAYET, open_far_site


def entry(days: int = 3, uid: str = "1", more: str = "") -> str:
    day = f"{machine_now() + timedelta(days=days):%Y%m%d}"
    return f"UID:{uid}\nSUMMARY:Cours de Mme Durand\nDTSTART:{day}T080000Z\nDTEND:{day}T090000Z{more}"


async def test_what_it_says_is_taken_over_and_replaced(elsewhere: Elsewhere) -> None:
    elsewhere.says(entry(3), entry(4, "2"))
    await elsewhere.connect()
    assert await elsewhere.look() == 1
    seen, busy = await elsewhere.seen(), await elsewhere.busy()
    assert (seen.spans, seen.trouble, seen.unread, seen.host) == (2, None, 0, "127.0.0.1")
    assert seen.synced_at is not None
    assert [last - first for first, last in busy] == [timedelta(hours=1)] * 2
    assert await elsewhere.look() == 0, "its next turn is in a quarter of an hour"

    elsewhere.says(entry(5), "UID:odd\nDTSTART:never")
    await elsewhere.look_again()
    assert ((await elsewhere.seen()).spans, (await elsewhere.seen()).unread) == (1, 1)
    assert (await elsewhere.busy())[0][0] > busy[1][0]


async def test_nothing_but_times_is_kept(elsewhere: Elsewhere) -> None:
    elsewhere.says(entry(more="\nLOCATION:Chez elle\nATTENDEE:mailto:durand@example.org", uid="durand@x"))
    await elsewhere.connect()
    await elsewhere.look()
    kept = repr([tuple(row) for row in await elsewhere.database.fetch("select * from external_busy")])
    assert len(await elsewhere.busy()) == 1
    assert not [word for word in ("urand", "Cours", "elle") if word in kept]


async def test_what_has_not_changed_is_not_sent_again(elsewhere: Elsewhere, clock: Any) -> None:
    elsewhere.says(entry(3))
    await elsewhere.connect()
    await elsewhere.look()
    kept, first = await elsewhere.busy(), await elsewhere.seen()
    await elsewhere.look_again()
    assert [bool(known) for _, known in elsewhere.server.asked] == [False, True]
    second = await elsewhere.seen()
    assert (await elsewhere.busy(), second.trouble) == (kept, None)
    assert first.synced_at is not None and second.synced_at is not None
    assert second.synced_at > first.synced_at

    await clock.forward(days=2)  # days have come into view of which the last answer was not asked
    await elsewhere.look_again()
    assert elsewhere.server.asked[-1] == ("a.ics", "")


async def test_a_repetition_goes_on_into_the_days_that_come_into_view(
    elsewhere: Elsewhere, clock: Any
) -> None:
    elsewhere.says(entry(3, more="\nRRULE:FREQ=DAILY"))
    await elsewhere.connect()
    await elsewhere.look()
    last = (await elsewhere.busy())[-1]
    await clock.forward(days=2)
    await elsewhere.look_again()
    assert (await elsewhere.busy())[-1][0] == last[0] + timedelta(days=2)


@pytest.mark.parametrize(
    ("how", "trouble"),
    [
        ({"status": 500}, Trouble.BROKEN),
        ({"status": 404}, Trouble.REFUSED),
        ({"status": 401}, Trouble.REFUSED),
        ({"status": 304, "body": b""}, Trouble.BROKEN),
        ({"body": b"<html>Connectez-vous</html>"}, Trouble.NO_CALENDAR),
        ({"body": calendar(entry())[:-30]}, Trouble.NO_CALENDAR),
        ({"body": gzip.compress(calendar(entry())), "headers": {"Content-Encoding": "gzip"}},
         Trouble.NO_CALENDAR),
        ({"body": calendar(entry(more="\nRRULE:FREQ=SECONDLY"))}, Trouble.TOO_MUCH),
        ({"location": "/agenda/a.ics"}, Trouble.BROKEN),
        ({"location": "http://127.0.0.1:1/a.ics"}, Trouble.ADDRESS),
        ({"location": "http://169.254.169.254/latest/meta-data"}, Trouble.ADDRESS),
        ({"location": "https://169.254.169.254/latest/meta-data"}, Trouble.ADDRESS),
        ({"location": "https://[::1]/"}, Trouble.ADDRESS),
        ({"location": "https://2130706433/"}, Trouble.ADDRESS),
        ({"location": "https://169\u3002254\u3002169\u3002254/"}, Trouble.ADDRESS),
        ({"location": "https://[/a.ics"}, Trouble.ADDRESS),
        ({"location": "file:///etc/passwd"}, Trouble.ADDRESS),
        ({"endless": True}, Trouble.TOO_LARGE),
        ({"body": b"BEGIN:VCALENDAR" + b" " * fetching.LARGEST}, Trouble.TOO_LARGE),
    ],
)  # fmt: skip
async def test_a_look_that_fails_says_why_and_leaves_what_was_known(
    elsewhere: Elsewhere, how: dict[str, Any], trouble: Trouble
) -> None:
    elsewhere.says(entry())
    await elsewhere.connect()
    await elsewhere.look()
    kept, before = await elsewhere.busy(), await elsewhere.seen()
    await elsewhere.database.execute("update external_calendar set etag = null, read_until = null")
    elsewhere.says(**how)
    await elsewhere.look_again()
    after = await elsewhere.seen()
    assert after.trouble is trouble
    assert (await elsewhere.busy(), after.synced_at) == (kept, before.synced_at)
    assert len(kept) == 1

    elsewhere.says(entry(4))
    await elsewhere.look_again()
    assert (await elsewhere.seen()).trouble is None
    assert await elsewhere.busy() != kept


async def test_a_redirect_to_where_we_may_go_is_followed(elsewhere: Elsewhere) -> None:
    elsewhere.says(entry(), name="new.ics")
    elsewhere.says(location="/agenda/new.ics")
    await elsewhere.connect()
    await elsewhere.look()
    assert (await elsewhere.seen()).spans == 1


async def test_an_answer_that_does_not_come_is_not_waited_for(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    elsewhere.says(entry(), hangs=True)
    await elsewhere.connect()
    await elsewhere.look()
    assert (await elsewhere.seen()).trouble is Trouble.TOO_SLOW


async def test_control_without_the_limit_it_is_waited_for(elsewhere: Elsewhere) -> None:
    elsewhere.says(entry(), hangs=True)
    await elsewhere.connect()
    looking = asyncio.create_task(elsewhere.look())
    await elsewhere.server.came.wait()
    assert not looking.done()
    elsewhere.server.released.set()
    await looking
    assert (await elsewhere.seen()).spans == 1


async def test_control_without_the_limit_of_size_all_of_it_is_read(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    filler = "\nDESCRIPTION:" + "a" * fetching.LARGEST
    elsewhere.says(entry(more=filler))
    await elsewhere.connect()
    await elsewhere.look()
    assert (await elsewhere.seen()).trouble is Trouble.TOO_LARGE
    monkeypatch.setattr(fetching, "LARGEST", 10 * fetching.LARGEST)
    await elsewhere.look_again()
    assert (await elsewhere.seen()).spans == 1


async def test_two_workers_take_an_agenda_once(elsewhere: Elsewhere) -> None:
    elsewhere.says(entry())
    await elsewhere.connect()
    found = await asyncio.gather(*(repository.take_due(machine_now(), rules.EVERY, 10) for _ in range(8)))
    assert sum(map(len, found)) == 1


async def test_a_take_over_that_breaks_off_leaves_what_was_known(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.says(entry())
    await elsewhere.connect()
    await elsewhere.look()
    kept = await elsewhere.busy()
    elsewhere.says(entry(9))

    async def broken(*_: object) -> None:
        raise RuntimeError("the power went off")

    monkeypatch.setattr(repository, "note_success", broken)
    with pytest.raises(RuntimeError):
        await elsewhere.look_again()
    assert await elsewhere.busy() == kept


async def test_an_agenda_taken_away_while_it_is_looked_at_tells_nothing(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.says(entry(), hangs=True)
    await elsewhere.connect()
    looking = asyncio.create_task(elsewhere.look())
    await elsewhere.server.came.wait()
    await elsewhere.database.execute("delete from external_calendar")
    elsewhere.server.released.set()
    await looking
    assert await elsewhere.busy() == []


async def test_the_window_follows_business_time() -> None:
    now = await business_now()
    window = rules.window(now, "Europe/Paris", "localhost")
    assert window.starts_at < now < window.ends_at - timedelta(days=365)


async def test_hours_without_a_zone_are_those_of_the_practitioners_site(
    elsewhere: Elsewhere, database: Any
) -> None:
    await open_far_site()
    elsewhere.dentist = msgspec.structs.replace(elsewhere.dentist, practitioner_id=PAYET)
    day = f"{machine_now() + timedelta(days=3):%Y%m%d}"
    elsewhere.says(f"UID:1\nDTSTART:{day}T080000\nDTEND:{day}T090000")
    await elsewhere.connect()
    await elsewhere.look()
    ((begins, _),) = await elsewhere.busy()
    assert f"{begins.astimezone(FAR):%Y%m%dT%H%M}" == f"{day}T0800"


async def test_a_fault_in_one_look_leaves_the_other_alone_and_is_seen(
    elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fault comes before the other's first answer, and would take its connection away."""
    elsewhere.says(entry(3))
    await elsewhere.connect()
    (due,) = await repository.take_due(machine_now(), rules.EVERY, 10)
    of_nobody = msgspec.structs.replace(due, practitioner_id=new_id())
    async with fetching.open_fetcher(elsewhere.peers.url) as fetcher:
        await jobs.look_at_all(fetcher, [of_nobody, due, of_nobody])
    assert (await elsewhere.seen()).spans == 1
    assert "".join(capsys.readouterr()).count("look at external calendar broke") == 2

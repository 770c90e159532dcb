"""The desk of a practice with two sites in two zones: day and week are of one, on its own clock."""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from backend.booking import actions, slot_actions
from backend.booking.model import Appointment, Book, Filters
from backend.desk import actions as desk_actions
from backend.desk import staff_pages
from backend.desk.live import Days, stamp_of
from backend.kit.dates import NARROW_SPACE
from backend.kit.dates import hour as said_hour
from backend.practice.repository import load_practice
from tests.desk.conftest import words
from tests.sites import FAR, FAR_CHAIR, LYON, PARIS, PAYET, REUNION, open_far_site


@pytest.fixture
async def there(database: Any, steps: Any, clock: Any) -> Appointment:
    """Lila's visit at Saint-Denis, at seven in the morning of that day in Paris at the latest."""
    await open_far_site()
    await clock.move_to(datetime((await clock.now()).year + 1, 1, 11, 5, tzinfo=PARIS))
    triage_id, viewer = await steps.decided(), await steps.viewer_of("mother")
    listing = await slot_actions.find_slots(viewer, triage_id, filters=Filters(site_id=REUNION))
    slot = listing.days[1][1][0]
    held = await steps.held(slot, triage_id)
    visit: Appointment = await actions.book(viewer, Book(hold_id=held.id))
    return visit


def day_of(visit: Appointment) -> str:
    return f"/bureau/jour/{visit.starts_at.astimezone(FAR).date()}"


async def test_each_site_has_its_day(there: Appointment, as_person: Any) -> None:
    sam = await as_person("receptionist")
    hour = said_hour(there.starts_at, FAR.key).replace(NARROW_SPACE, " ")
    near, far = await sam.get(day_of(there)), await sam.get(f"{day_of(there)}?site={REUNION}")
    assert "Lila R." not in words(near) and "Fauteuil Filaos" not in words(near)
    assert f"{hour} Lila R." in words(far) and "Fauteuil Filaos" in words(far)
    assert "Fauteuil 1" not in words(far) and "Dr Vidal" not in words(far)
    for page, other in ((near, REUNION), (far, LYON)):
        assert f'href="{day_of(there)}?site={other}"' in page.text
    chosen = await sam.get(f"{day_of(there)}?rdv={there.id}")
    assert "Fauteuil Filaos" in words(chosen), "a visit is shown at its site"
    assert f" à {hour}" in words(chosen)
    links = re.findall(r'href="(/bureau/jour/[^"]+)" aria-label', far.text)
    assert len(links) == 2 and all(link.endswith(f"?site={REUNION}") for link in links)
    assert (await sam.get(f"{day_of(there)}?site={PAYET}")).status_code == 404


async def test_free_time_is_the_sites(there: Appointment, as_person: Any) -> None:
    sam = await as_person("receptionist")
    day = there.starts_at.astimezone(FAR).date()
    far = await sam.get(f"{day_of(there)}?site={REUNION}")
    gaps = re.findall(r'href="(/bureau/temps-libre/[^"]+)"', far.text)
    assert gaps and all(str(PAYET) in gap for gap in gaps)
    assert all(9 <= int(gap[-4:-2]) < 13 and str(day) in gap for gap in gaps), "as the clock there says"
    shown = await sam.get(gaps[-1])
    assert f"{int(gaps[-1][-4:-2])} h" in words(shown)
    assert f'href="{day_of(there)}?site={REUNION}"' in shown.text
    near = await sam.get(day_of(there))
    assert str(PAYET) not in near.text.replace(str(REUNION), "")


async def test_the_desk_moves_by_the_sites_clock(there: Appointment, as_person: Any, database: Any) -> None:
    sam = await as_person("receptionist")
    local = there.starts_at.astimezone(FAR)
    wanted = {
        "version": 1,
        "jour": f"{local:%Y-%m-%d}",
        "heure": "12:15",
        "praticien": str(PAYET),
        "fauteuil": str(FAR_CHAIR),
    }
    moved = await sam.post(f"/bureau/rendez-vous/{there.id}/deplacer", data=wanted)
    assert moved.headers["location"].startswith(f"{day_of(there)}?rdv={there.id}")
    starts_at = await database.fetchval("select starts_at from appointment where id = $1", there.id)
    assert starts_at == local.replace(hour=12, minute=15)


async def test_each_site_has_its_week_and_its_stream(there: Appointment, as_person: Any, clock: Any) -> None:
    sam = await as_person("receptionist")
    day = there.starts_at.astimezone(FAR).date()
    week = f"/bureau/semaine/{day}"
    far = await sam.get(f"{week}?site={REUNION}")
    assert "Lila R." in words(far) and "Dre Payet" in words(far) and "Dr Vidal" not in words(far)
    assert f"site={REUNION}" in re.search(r'data-live="([^"]+)"', far.text).group(1)
    assert "Lila R." in words(await sam.get(f"{week}?qui={FAR_CHAIR}"))
    near = await sam.get(week)
    assert "Lila R." not in words(near) and "Dre Payet" not in words(near)
    before = [await stamp_of(Days(day, 1, site)) for site in (LYON, REUNION)]
    desk_clock = there.starts_at + timedelta(minutes=1)
    await clock.move_to(desk_clock)
    await sam.post(
        f"/bureau/rendez-vous/{there.id}/etat", data={"version": 1, "vu": "booked", "etat": "arrived"}
    )
    after = [await stamp_of(Days(day, 1, site)) for site in (LYON, REUNION)]
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)


async def test_with_the_first_sites_zone_the_hours_would_be_wrong(
    there: Appointment, as_person: Any, monkeypatch: Any
) -> None:
    """The control: were every site in Paris, the same looks would not find the hour."""
    practice = await load_practice()
    sites = tuple(msgspec.structs.replace(site, zone="Europe/Paris") for site in practice.sites)
    wrong = msgspec.structs.replace(practice, sites=sites)

    async def load_wrong() -> Any:
        return wrong

    for module in (desk_actions, staff_pages):
        monkeypatch.setattr(module, "load_practice", load_wrong)
    with pytest.raises(AssertionError):
        await test_each_site_has_its_day(there, as_person)


async def test_one_site_is_not_asked_for(steps: Any, as_person: Any) -> None:
    booked = await steps.booked()
    sam = await as_person("receptionist")
    day = booked.starts_at.astimezone(PARIS).date()
    for address in (f"/bureau/jour/{day}", f"/bureau/semaine/{day}"):
        page = await sam.get(address)
        assert "site=" not in page.text and "Cabinets" not in words(page)

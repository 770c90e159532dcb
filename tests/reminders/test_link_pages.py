"""The pages behind a message's link: nobody signs in, nothing changes by looking, and no more is told than
time, place and practitioner."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.audit.model import JOB
from backend.booking import actions as booking
from backend.booking.model import Cancel, Confirm
from backend.kit import db
from backend.kit.dates import NARROW_SPACE
from backend.kit.settings import settings
from backend.reminders.links import token_for
from tests.post import Post
from tests.visits import at, booked, deliveries, moved


async def link(person: str, visit: UUID, kind: str = "appointment_reminder") -> str:
    (row,) = [row for row in await deliveries(person, visit) if row["kind"] == kind]
    return "/m/" + token_for(row["id"], settings().secret)


async def shown(browser: httpx.AsyncClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text.replace(NARROW_SPACE, " ")


async def visit_row(visit: UUID) -> Any:
    return await db.fetch_row("select status, version, confirmed_at from appointment where id = $1", visit)


async def audited(visit: UUID) -> list[tuple[str, str]]:
    rows = await db.fetch(
        "select action, actor_kind from audit_entry where subject_id = $1 and actor_kind = 'link' "
        "order by at, id",
        visit,
    )
    return [(row["action"], row["actor_kind"]) for row in rows]


@pytest.fixture
async def visit(post: Post, thursday: date) -> UUID:
    return await booked("daughter", at(thursday, "10:30"))


async def test_it_shows_time_place_and_practitioner(visit: UUID, anonymous: httpx.AsyncClient) -> None:
    text = await shown(anonymous, await link("mother", visit))
    for said in ("10 h 30", "Dre Roux", "Cabinet des Tilleuls", "Je confirme", "Déplacer", "Annuler"):
        assert said in text
    for hidden in ("Lila", "Roche", "Contrôle", "CTRL", "U4"):
        assert hidden not in text
    assert await audited(visit) == [("appointment.read", "link")]


async def test_looking_changes_nothing(visit: UUID, anonymous: httpx.AsyncClient) -> None:
    path, before = await link("mother", visit), await visit_row(visit)
    for page in (path, path, f"{path}/annuler", f"{path}/annuler"):
        await shown(anonymous, page)
        await anonymous.head(page)
    assert (await anonymous.get(f"{path}/confirmer")).status_code in (404, 405)
    assert await visit_row(visit) == before


async def test_one_tap_confirms(visit: UUID, anonymous: httpx.AsyncClient) -> None:
    path = await link("mother", visit)
    for _ in range(2):  # a double tap confirms once
        answer = await anonymous.post(f"{path}/confirmer")
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert (await visit_row(visit))["confirmed_at"] is not None
    text = await shown(anonymous, path)
    assert "nous vous attendons" in text
    assert "Je confirme" not in text
    assert ("appointment.confirm", "link") in await audited(visit)


async def test_cancelling_asks_once_more(visit: UUID, anonymous: httpx.AsyncClient) -> None:
    path = await link("mother", visit)
    assert "Annuler ce rendez-vous" in await shown(anonymous, f"{path}/annuler")
    for _ in range(2):
        assert (await anonymous.post(f"{path}/annuler")).status_code == 303
    assert (await visit_row(visit))["status"] == "cancelled"
    text = await shown(anonymous, path)
    assert "est annulé" in text
    assert "10 h 30" not in text
    assert ("appointment.cancel", "link") in await audited(visit)
    assert (await anonymous.get(f"{path}/annuler")).headers["location"] == path


async def test_an_old_link_does_not_tell_the_new_time(
    visit: UUID, thursday: date, anonymous: httpx.AsyncClient
) -> None:
    path = await link("mother", visit)
    await moved(visit, at(thursday + timedelta(days=1), "15:00"))
    text = await shown(anonymous, path)
    assert "a été déplacé" in text
    assert "15 h 00" not in text
    assert "10 h 30" not in text
    await anonymous.post(f"{path}/confirmer")
    await anonymous.post(f"{path}/annuler")
    row = await visit_row(visit)
    assert (row["status"], row["confirmed_at"]) == ("booked", None)


async def test_it_ends_with_the_visit(
    visit: UUID, thursday: date, anonymous: httpx.AsyncClient, clock: Any
) -> None:
    path = await link("mother", visit)
    await clock.move_to(at(thursday, "10:30"))
    assert (await anonymous.get(path)).status_code == 404
    assert (await anonymous.post(f"{path}/annuler")).status_code == 404


async def test_it_ends_with_the_right(visit: UUID, anonymous: httpx.AsyncClient, cast: Any) -> None:
    path = await link("father", visit)
    father = cast.people["father"].account_id
    await db.execute("update guardian set until = business_now() where account_id = $1", father)
    for answer in (
        await anonymous.get(path),
        await anonymous.post(f"{path}/confirmer"),
        await anonymous.post(f"{path}/annuler"),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 43, "%C3%A9", "A" * 5000])
async def test_a_forged_link_opens_nothing(anonymous: httpx.AsyncClient, token: str) -> None:
    assert (await anonymous.get(f"/m/{token}")).status_code == 404
    assert (await anonymous.post(f"/m/{token}/confirmer")).status_code == 404


async def test_another_site_cannot_press_the_buttons(visit: UUID, anonymous: httpx.AsyncClient) -> None:
    path = await link("mother", visit)
    answer = await anonymous.post(f"{path}/annuler", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert (await visit_row(visit))["status"] == "booked"


async def test_several_visits_are_confirmed_together_and_changed_one_by_one(
    visit: UUID, thursday: date, anonymous: httpx.AsyncClient
) -> None:
    other = await booked("teen", at(thursday, "11:15"))
    path = await link("mother", visit)
    text = await shown(anonymous, path)
    assert "10 h 30" in text
    assert "11 h 15" in text
    assert f"{path}/annuler" not in text
    await anonymous.post(f"{path}/annuler")
    assert (await visit_row(visit))["status"] == "booked"
    await anonymous.post(f"{path}/confirmer")
    assert [(await visit_row(one))["confirmed_at"] is not None for one in (visit, other)] == [True, True]


async def test_the_confirmations_own_link_speaks_of_its_visit_alone(
    visit: UUID, thursday: date, anonymous: httpx.AsyncClient
) -> None:
    await booked("teen", at(thursday, "11:15"))
    assert "11 h 15" not in await shown(anonymous, await link("mother", visit, "appointment_booked"))


async def test_a_message_already_answered_elsewhere_says_so(
    visit: UUID, anonymous: httpx.AsyncClient
) -> None:
    path = await link("father", visit)
    await booking.confirm(JOB, Confirm(appointment_id=visit, version=1))
    assert "nous vous attendons" in await shown(anonymous, path)
    await booking.cancel(JOB, Cancel(appointment_id=visit, version=1))
    assert "est annulé" in await shown(anonymous, path)


async def test_it_speaks_the_browsers_language(visit: UUID, anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get(await link("mother", visit), headers={"accept-language": "en"})
    assert "I shall come" in answer.text
    assert 'lang="en"' in answer.text

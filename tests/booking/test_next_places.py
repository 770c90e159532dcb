"""When the days asked for have no place: the next one, with the filters and without; or why there is none."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests import visits
from tests.booking.test_pages import START, text

SATURDAY = 6


@pytest.fixture
async def picker(steps, as_person, clock):
    """The mother's page of places for a check-up, on a Thursday without a holiday near it."""
    thursday = visits.plain_thursday(await clock.now())
    await clock.move_to(visits.at(thursday, "07:00"))
    mother, triage_id = await as_person("mother"), await steps.decided()

    async def look(query=""):
        return await mother.get(f"{START}/{triage_id}/creneaux{query}")

    look.thursday = thursday
    return look


def links(answer):
    """The links of the notice, by their first words."""
    found = re.findall(r'<a class="strong" href="([^"]*)">([^<:]*)\s: ([^<]*)</a>', answer.text)
    return {unescape(words): (unescape(href), unescape(which)) for href, words, which in found}


async def test_a_day_with_places_says_nothing_more(picker):
    for query in ("", f"?de={picker.thursday + timedelta(days=1)}", "?moment=matin"):
        assert links(await picker(query)) == {}


async def test_a_day_without_places_tells_the_next_and_the_address_keeps_it(picker):
    sunday = picker.thursday + timedelta(days=3)
    answer = await picker(f"?de={sunday}&moment=matin")
    assert "Il n’y a pas de place le dimanche" in text(answer)
    href, words = links(answer)["Prochaine disponibilité"]
    assert words.startswith("lundi")
    assert href.endswith(f"?de={sunday + timedelta(days=1)}&moment=matin")
    assert "Sans ces choix" not in links(answer)  # the next place would be no earlier
    assert links(await picker(href[href.index("?") :])) == {}


async def test_filters_that_hide_an_earlier_day_say_so(picker):
    """Dr Vidal is not there on Wednesdays; Dre Roux is on the Friday before."""
    answer = await picker("?jour=3")
    href, words = links(answer)["Sans ces choix"]
    assert words.startswith("vendredi")
    assert href.endswith(f"?de={picker.thursday + timedelta(days=1)}")


async def test_filters_that_leave_nothing_say_why_and_what_there_is_without(picker):
    answer = await picker("?jour=3&praticien=01970000-0000-7000-8000-000000000012")
    assert "Aucun créneau ne correspond" in text(answer)
    assert "Dr Vidal reçoit pour ce rendez-vous : lundi, mardi, jeudi et vendredi." in text(answer)
    assert "Dre Roux reçoit" not in text(answer)
    assert set(links(answer)) == {"Sans ces choix"}
    assert "Être rappelé" in text(answer)


async def test_a_colleague_who_does_not_give_the_care_is_named(picker):
    answer = await picker("?praticien=01970000-0000-7000-8000-000000000013")
    assert "Dr Petit ne prend pas ce rendez-vous." in text(answer)
    assert "Sans ces choix" in links(answer)


async def test_a_day_beyond_the_horizon_says_where_the_agenda_ends(picker):
    answer = await picker(f"?de={picker.thursday + timedelta(days=300)}")
    assert "L’agenda en ligne s’arrête le" in text(answer)
    assert "/demandes/rappel" in answer.text


async def test_nothing_at_all_says_who_would_be_there_and_whom_to_ask(picker, database):
    await database.execute(
        "insert into closure (id, site_id, resource_id, starts_at, ends_at, reason) "
        "select gen_random_uuid(), id, null, now(), now() + interval '3 years', 'Travaux' from site"
    )
    answer = await picker()
    assert "Il n’y a pas de place dans les six mois" in text(answer)
    assert "Dre Roux reçoit pour ce rendez-vous : lundi" in text(answer)
    assert "/demandes/rappel?triage_id=" in answer.text
    assert "tel:" in answer.text


async def test_nobody_who_gives_the_care_is_said(picker, database):
    await database.execute("update practitioner set skills = '{ORTHO}'")
    assert "Aucun praticien ne propose ce rendez-vous" in text(await picker())

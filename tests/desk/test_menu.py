"""The rest of the desk: everybody finds their pages, and every line opens."""

import re
from typing import Any

import pytest

OWN = {
    "receptionist": (),
    "dentist": ("mon-agenda",),
    "owner": ("soins", "horaires", "durees", "agendas-externes"),
}


@pytest.mark.parametrize("person", OWN)
async def test_every_line_opens(as_person: Any, person: str) -> None:
    client = await as_person(person)
    links = re.findall(r'class="line" href="(/bureau/[a-z-]+)"', (await client.get("/bureau/cabinet")).text)
    everybody = ("demandes", "places-liberees", "taches-bloquees")
    assert links == [f"/bureau/{name}" for name in (*everybody, *OWN[person])]
    for link in links:
        assert (await client.get(link)).status_code == 200, link


async def test_the_desk_has_a_link_to_it(as_person: Any) -> None:
    day = await (await as_person("receptionist")).get("/bureau", follow_redirects=True)
    assert 'href="/bureau/cabinet"' in day.text

"""A second site in another zone, opened when everything else has been looked at: lists then ask where."""

from playwright.async_api import Page

from tests.browser.system import START_WITHIN, System
from tests.browser.waiting import until

_SITE = "01970000-0000-7000-8000-000000000002"
_OPEN = f"""
insert into site (id, name, phone, address, zone, country, subdivision, school_zone, keeps_public_holidays)
values ('{_SITE}', 'Cabinet des Filaos', '+262262710012',
  array['3 rue des Filaos', '97400 Saint-Denis'], 'Indian/Reunion', 'FR', '974', 'A', true);
insert into resource (id, site_id, kind, name, code, active)
values ('01970000-0000-7000-8000-000000000061', '{_SITE}', 'chair', 'Fauteuil Filaos', 'R1', true),
  ('01970000-0000-7000-8000-000000000062', '{_SITE}', 'chair', 'Fauteuil Letchis', 'R2', true),
  ('01970000-0000-7000-8000-000000000051', '{_SITE}', 'practitioner', 'Dre Payet', 'PAYET', true);
insert into practitioner (id, display_name, short_name, skills, chair_ids)
values ('01970000-0000-7000-8000-000000000051', 'Dre Line Payet', 'Dre Payet', array['OMNI', 'PEDO'],
  array['01970000-0000-7000-8000-000000000061', '01970000-0000-7000-8000-000000000062']::uuid[]);
insert into opening_hours (id, resource_id, weekday, starts, ends, weeks, school)
select gen_random_uuid(), '01970000-0000-7000-8000-000000000051', day, '09:00', '17:00', 'all', 'any'
from generate_series(1, 5) day;
"""


async def open_far_site(system: System, desk: Page) -> None:
    """Store it, and wait until the web app, which keeps what it knows for some seconds, shows it."""
    await system.database.execute(_OPEN)

    async def is_shown() -> bool:
        await desk.goto("/bureau")
        return await desk.get_by_role("link", name="Cabinet des Filaos").count() > 0

    await until(is_shown, START_WITHIN, "the desk shows both sites")

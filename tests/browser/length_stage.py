"""What must have happened for the screens of real lengths: visits of a month whose ends were tapped."""

from tests.browser.steps import ZONE
from tests.browser.system import System

_VISITS = """
insert into appointment (id, patient_id, practitioner_id, chair_id, site_id, care_key, urgency, duration,
  status, created_at, changed_at, starts_at, ends_at, seated_at, finished_at)
select gen_random_uuid(), p.id, r.id, r.chair_ids[1], (select id from site limit 1), 'CTRL', 'U4',
  '{"minutes": 20, "lines": [{"key": "practice.duration.care", "minutes": 20}]}', 'done', at, at, at,
  at + interval '20 minutes', at, at + (21 + n % 5) * interval '1 minute'
from (select id from patient where given_name = 'Jean') p,
  (select * from practitioner where short_name = 'Dre Roux') r, generate_series(1, 24) n,
  lateral (select date_trunc('day', business_now()) - n * interval '1 day' + interval '9 hours' as at) t
returning id, starts_at
"""


async def set_lengths(system: System) -> dict[str, str]:
    """Twenty-four visits, a day apart; the address of one that is over."""
    rows = await system.database.fetch(_VISITS)
    return {"over": f"/bureau/jour/{rows[0]['starts_at'].astimezone(ZONE):%Y-%m-%d}?rdv={rows[0]['id']}"}

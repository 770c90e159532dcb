"""The demo's practice with a second site, far away: its hours are its own zone's."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.demo.cast import FOLDER
from backend.kit.clock import business_now
from backend.practice.file_reader import read_practice
from backend.practice.model import Practice
from backend.practice.repository import load_practice, save_practice

LYON, REUNION = (UUID(f"01970000-0000-7000-8000-00000000000{number}") for number in (1, 2))
ROUX, PAYET = (UUID(f"01970000-0000-7000-8000-0000000000{number}") for number in (11, 51))
FAR_CHAIR = UUID("01970000-0000-7000-8000-000000000061")
PARIS, FAR = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")

FAR_SITE = """
[[site]]
name = "Cabinet des Filaos"
phone = "+262262710012"
address = ["3 rue des Filaos", "97400 Saint-Denis"]
zone = "Indian/Reunion"
subdivision = "974"
school_zone = "A"
id = "01970000-0000-7000-8000-000000000002"

[[site.chair]]
code = "R1"
name = "Fauteuil Filaos"
id = "01970000-0000-7000-8000-000000000061"

[[site.chair]]
code = "R2"
name = "Fauteuil Letchis"
id = "01970000-0000-7000-8000-000000000062"

[[site.practitioner]]
code = "PAYET"
name = "Dre Payet"
display_name = "Dre Line Payet"
short_name = "Dre Payet"
skills = ["OMNI", "PEDO"]
chairs = ["R1", "R2"]
id = "01970000-0000-7000-8000-000000000051"
emergency = [
"""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def two_sites(today: date) -> Practice:
    """Lyon as the demo has it, and one practitioner at Saint-Denis from 9 h to 13 h, who keeps 11 h back."""
    kept = "".join(f'  {{ on = "{day}", at = 11:00:00, minutes = 60 }},\n' for day in _DAYS)
    hours = "".join(f'  {{ on = "{day}", from = 09:00:00, to = 13:00:00 }},\n' for day in _DAYS)
    text = (FOLDER / "practice.toml").read_text(encoding="utf-8")
    return read_practice(f"{text}\n{FAR_SITE}{kept}]\nhours = [\n{hours}]\n", None, today)


async def open_far_site() -> Practice:
    """Store the practice of two sites in place of the demo's."""
    await save_practice(two_sites((await business_now() - timedelta(days=1)).date()))
    return await load_practice()

"""What the demo's practitioners do all day, and with whom: weights by skill. Pure."""

from typing import NamedTuple


class Usual(NamedTuple):
    """A care with its weight among a practitioner's visits, and the ages it is usual for."""

    care: str
    weight: int
    least_age: int = 18
    most_age: int = 120


CHILDREN = (
    Usual("EBD_3_5", 5, 3, 5),
    Usual("EBD_6_12", 7, 6, 12),
    Usual("EBD_13_24", 5, 13, 24),
    Usual("PULPT", 2, 4, 9),
    Usual("VERNIS", 3, 4, 11),
    Usual("CAR1", 5, 5, 17),
)
GENERAL = (
    Usual("CTRL", 16, 6),
    Usual("DETA", 18),
    Usual("CAR1", 10),
    Usual("CAR2", 9),
    Usual("CAR3", 3),
    Usual("ENDO2", 2),
    Usual("ENDO3", 3),
    Usual("COUR1", 3, 30),
    Usual("COUR2", 3, 30),
    Usual("PARO", 4, 35),
    Usual("REP", 2, 62),
    Usual("AVUL1", 3),
    Usual("URG", 7, 6),
    Usual("CONS30", 3),
)
SURGERY = (
    Usual("AVUL2", 8),
    Usual("SAG1", 6, 16, 35),
    Usual("SAG4", 3, 16, 28),
    Usual("IMPL1", 6, 30),
    Usual("IMPL2", 6, 30),
    Usual("POSTOP", 12, 16),
)
BRACES = (
    Usual("ORTH1", 8, 8, 16),
    Usual("ORTHC", 40, 9, 17),
    Usual("ORTHP", 5, 10, 16),
    Usual("ORTHP2", 3, 11, 16),
    Usual("ORTHD", 4, 13, 18),
    Usual("ALIGP", 4, 14, 45),
    Usual("ALIGC", 20, 14, 45),
    Usual("RECOL", 7, 9, 17),
)
BY_SKILL = {"OMNI": GENERAL, "PEDO": CHILDREN, "CHIR": SURGERY, "ORTHO": BRACES}

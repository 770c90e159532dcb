"""The practice as rows: a site, what can be booked there, what is done there, and when."""

from piccolo.columns import UUID, Array, Boolean, Date, ForeignKey, Integer, Text, Time, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.column_types import JSONB
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


class Site(Table, tablename="site"):
    """A place of care, with the zone in which its hours are meant."""

    id = UUID(primary_key=True, **REQUIRED)
    name = Text(**REQUIRED)
    phone = Text(**REQUIRED, help_text="E.164")
    address = Array(base_column=Text(), default=list, null=False)
    zone = Text(**REQUIRED, help_text="IANA name, Europe/Paris")
    country = Text(**REQUIRED, help_text="of the public holidays, ISO 3166-1")
    subdivision = Text(**OPTIONAL, help_text="of the public holidays, ISO 3166-2")
    school_zone = Text(**OPTIONAL, help_text="A, B or C")
    keeps_public_holidays = Boolean(default=True, null=False)


class Resource(Table, tablename="resource"):
    """A practitioner, chair, assistant or machine: what cannot be in two places at once."""

    id = UUID(primary_key=True, **REQUIRED)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, **REQUIRED)
    kind = Text(**REQUIRED)
    name = Text(**REQUIRED)
    code = Text(**REQUIRED, help_text="what care types ask for: PANO, MEOPA; else a short name")
    active = Boolean(default=True, null=False)


class Practitioner(Table, tablename="practitioner"):
    """What is known of a resource that is a practitioner. `chair_ids` in order of preference."""

    id = ForeignKey(Resource, primary_key=True, on_delete=OnDelete.restrict, **REQUIRED)
    display_name = Text(**REQUIRED)
    short_name = Text(**REQUIRED)
    skills = Array(base_column=Text(), default=list, null=False)
    chair_ids = Array(base_column=UUID(), default=list, null=False)


class CareType(Table, tablename="care_type"):
    """A kind of care with its planned duration; the practice's own, from the default list."""

    key = Text(primary_key=True, **REQUIRED)
    name_fr = Text(**REQUIRED)
    name_en = Text(**REQUIRED)
    phrase_fr = Text(**REQUIRED, help_text="the name inside a sentence: le contrôle")
    phrase_en = Text(**REQUIRED)
    minutes = Integer(**REQUIRED)
    buffer = Integer(**REQUIRED, help_text="minutes of cleaning, on the chair alone")
    skills = Array(base_column=Text(), default=list, null=False, help_text="any of them")
    machines = Array(base_column=Text(), default=list, null=False, help_text="all of them, by code")
    practitioners = Array(base_column=Text(), default=list, null=False, help_text="by code; none: all")
    is_first_consultation = Boolean(default=False, null=False)
    is_ebd = Boolean(default=False, null=False)
    is_surgery = Boolean(default=False, null=False)
    is_emergency = Boolean(default=False, null=False)
    instructions_fr = Text(**OPTIONAL)
    instructions_en = Text(**OPTIONAL)
    source = Text(**REQUIRED)
    practitioner_minutes = Array(base_column=Text(), default=list, null=False, help_text="0-10, 50-60")
    needs_assistant = Boolean(default=False, null=False)
    least_age = Integer(**OPTIONAL)
    most_age = Integer(**OPTIONAL)
    first_visit = Text(default="any", null=False, help_text="any, only or never")
    bookable_online = Boolean(default=True, null=False)
    to_know_fr = Text(**OPTIONAL, help_text="before booking")
    to_know_en = Text(**OPTIONAL)
    texts_signed_by = Text(**OPTIONAL, help_text="the dentist who approved the texts")
    retired = Boolean(default=False, null=False, help_text="booked no more, kept for past visits")


class LengtheningRow(Table, tablename="lengthening"):
    """By how much a modifier makes visits longer, where the practice has its own values."""

    modifier = Text(primary_key=True, **REQUIRED)
    percent = Integer(**REQUIRED)
    at_least = Integer(**REQUIRED, help_text="minutes that the percentage must add")
    minutes = Integer(**REQUIRED)


class PractitionerCare(Table, tablename="practitioner_care"):
    """How long a care takes with one practitioner, where that is not the care type's minutes."""

    id = UUID(primary_key=True, **REQUIRED)
    practitioner_id = ForeignKey(Resource, on_delete=OnDelete.restrict, **REQUIRED)
    care_key = Text(**REQUIRED)
    minutes = Integer(**REQUIRED)

    practitioner_care_once = Unique(["practitioner_id", "care_key"])


class OpeningHours(Table, tablename="opening_hours"):
    """A weekly span of a resource, or that of one date, in the site's own time."""

    id = UUID(primary_key=True, **REQUIRED)
    resource_id = ForeignKey(Resource, on_delete=OnDelete.restrict, **REQUIRED)
    weekday = Integer(**REQUIRED, help_text="1 Monday to 7 Sunday")
    starts = Time(**REQUIRED)
    ends = Time(**REQUIRED)
    weeks = Text(**REQUIRED, help_text="all, even or odd ISO weeks")
    only_on = Date(**OPTIONAL, help_text="replaces the week's spans on that date")
    valid_from = Date(**OPTIONAL)
    valid_until = Date(**OPTIONAL, help_text="the last day")
    school = Text(default="any", null=False, help_text="any, term or holidays")


class Closure(Table, tablename="closure"):
    """A span without visits: of the whole site, or of one resource."""

    id = UUID(primary_key=True, **REQUIRED)
    site_id = ForeignKey(Site, on_delete=OnDelete.restrict, **REQUIRED)
    resource_id = ForeignKey(Resource, on_delete=OnDelete.restrict, **OPTIONAL)
    starts_at = Timestamptz(**REQUIRED)
    ends_at = Timestamptz(**REQUIRED)
    reason = Text(**REQUIRED)


class EmergencyPlace(Table, tablename="emergency_place"):
    """A weekly stretch that a practitioner keeps back for emergencies, in the site's own time."""

    id = UUID(primary_key=True, **REQUIRED)
    practitioner_id = ForeignKey(Resource, on_delete=OnDelete.restrict, **REQUIRED)
    weekday = Integer(**REQUIRED, help_text="1 Monday to 7 Sunday")
    starts = Time(**REQUIRED)
    minutes = Integer(**REQUIRED)


class PracticeChange(Table, tablename="practice_change"):
    """A state of one thing of the practice and what stood before it; rows are only ever added."""

    id = UUID(primary_key=True, **REQUIRED)
    kind = Text(**REQUIRED, help_text="care, lengthenings or plan")
    key = Text(**REQUIRED, help_text="the care key; the id of a resource or site")
    account_id = UUID(**OPTIONAL, help_text="none for a file that the host loaded")
    before = JSONB(**OPTIONAL, help_text="none where it is new")
    after = JSONB(**REQUIRED)
    changed_at = Timestamptz(**REQUIRED)

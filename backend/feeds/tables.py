"""The secret addresses of agendas."""

from piccolo.columns import UUID, Boolean, Bytea, ForeignKey, Integer, LazyTableReference, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


def _reference(table: str) -> LazyTableReference:
    return LazyTableReference(table, app_name="quenotte")


class CalendarFeed(Table, tablename="calendar_feed"):
    """A secret address, of a patient's visits or of a practitioner's, made by an account that may see them.

    The right is looked at again at each fetch. All times are machine time.
    """

    id = UUID(primary_key=True, **REQUIRED)
    account_id = ForeignKey(_reference("Account"), on_delete=OnDelete.restrict, **REQUIRED)
    patient_id = ForeignKey(_reference("Patient"), on_delete=OnDelete.restrict, **OPTIONAL)
    practitioner_id = ForeignKey(_reference("Resource"), on_delete=OnDelete.restrict, **OPTIONAL)
    token_digest = Bytea(unique=True, **REQUIRED)
    tells_place = Boolean(default=False, null=False, help_text="else busy times alone")
    created_at = Timestamptz(**REQUIRED)
    fetched_at = Timestamptz(**OPTIONAL, help_text="the last time that a calendar asked")
    minute_from = Timestamptz(**OPTIONAL, help_text="when the minute began in which `fetches` are counted")
    fetches = Integer(default=0, null=False)
    revoked_at = Timestamptz(**OPTIONAL)

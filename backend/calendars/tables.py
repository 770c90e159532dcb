"""External agendas, and the busy times that each of them told last."""

from piccolo.columns import UUID, Bytea, ForeignKey, Integer, LazyTableReference, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


class ExternalCalendar(Table, tablename="external_calendar"):
    """An iCalendar address at which another software tells when a practitioner is busy.

    The address is a secret of that software's: it is never shown whole again. All times are machine time.
    """

    id = UUID(primary_key=True, **REQUIRED)
    practitioner_id = ForeignKey(
        LazyTableReference("Resource", app_name="quenotte"), on_delete=OnDelete.restrict, **REQUIRED
    )
    name = Text(**REQUIRED, help_text="the owner's word for that software")
    url = Text(**REQUIRED)
    etag = Text(**OPTIONAL, help_text="of the last answer that was taken over")
    last_modified = Text(**OPTIONAL)
    read_until = Timestamptz(**OPTIONAL, help_text="business time up to which that answer was read")
    due_at = Timestamptz(**REQUIRED, help_text="of the next look")
    tried_at = Timestamptz(**OPTIONAL)
    synced_at = Timestamptz(**OPTIONAL, help_text="of the last look that succeeded")
    trouble = Text(**OPTIONAL, help_text="why the last look failed: calendars.model.Trouble")
    unread = Integer(default=0, null=False, help_text="entries that could not be understood")
    created_at = Timestamptz(**REQUIRED)


class ExternalBusy(Table, tablename="external_busy"):
    """A span in which an external agenda says the practitioner is busy. Without a word of what for."""

    id = UUID(primary_key=True, **REQUIRED)
    calendar_id = ForeignKey(ExternalCalendar, on_delete=OnDelete.cascade, **REQUIRED)
    practitioner_id = ForeignKey(
        LazyTableReference("Resource", app_name="quenotte"), on_delete=OnDelete.restrict, **REQUIRED
    )
    entry_digest = Bytea(**REQUIRED, help_text="SHA-256 of the entry's UID")
    starts_at = Timestamptz(**REQUIRED)
    ends_at = Timestamptz(**REQUIRED)

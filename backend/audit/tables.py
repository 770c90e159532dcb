"""The journal. No foreign key: a line outlives what it speaks of."""

from piccolo.columns import UUID, Text, Timestamptz
from piccolo.columns.column_types import JSONB
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


class AuditEntry(Table, tablename="audit_entry"):
    """One deed or one reading. `details` holds ids, times and codes, never a name or an answer."""

    id = UUID(primary_key=True, **REQUIRED)
    at = Timestamptz(**REQUIRED)
    actor_kind = Text(**REQUIRED, help_text="account, link, job or host")
    actor_account_id = UUID(**OPTIONAL)
    session_id = UUID(**OPTIONAL)
    action = Text(**REQUIRED)
    subject_type = Text(**REQUIRED)
    subject_id = UUID(**REQUIRED)
    patient_id = UUID(**OPTIONAL, index=True)
    details = JSONB(**REQUIRED)

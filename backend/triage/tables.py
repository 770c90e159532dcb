"""One row per time that somebody answers the questions: a draft page by page, then its result."""

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.column_types import JSONB
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


class TriageRun(Table, tablename="triage_run"):
    """Answers with the version of the rules that read them. The result columns are empty until decided.

    When decided, the answers that did not count are dropped and the row never changes again.
    """

    id = UUID(primary_key=True, **REQUIRED)
    patient_id = ForeignKey(
        LazyTableReference("Patient", app_name="quenotte"), on_delete=OnDelete.restrict, **REQUIRED
    )
    account_id = ForeignKey(
        LazyTableReference("Account", app_name="quenotte"), on_delete=OnDelete.restrict, **REQUIRED
    )
    session_id = UUID(**OPTIONAL, help_text="in which it was begun: without a passkey, read only there")
    questionnaire_version = Text(**REQUIRED)
    answers = JSONB(**REQUIRED)
    created_at = Timestamptz(**REQUIRED)
    decided_at = Timestamptz(**OPTIONAL)
    urgency = Text(**OPTIONAL)
    outcome = Text(**OPTIONAL)
    care_key = Text(**OPTIONAL)
    advice = Text(**OPTIONAL, help_text="the outcome, or <raise>.U0 or .U1")
    reasons = Array(base_column=Text(), default=list, null=False, help_text="rule ids, the first is why")
    also = Array(base_column=Text(), default=list, null=False, help_text="other outcomes that held")
    modifiers = Array(base_column=Text(), default=list, null=False)
    alerts = Array(base_column=Text(), default=list, null=False)
    needs_call_back = Boolean(default=False, null=False)
    call_back_within_minutes = Integer(**OPTIONAL)
    books_within_hours = Integer(**OPTIONAL)

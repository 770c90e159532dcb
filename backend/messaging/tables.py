"""A delivery is a message that is owed at a time; a receipt says what a channel answered."""

from piccolo.columns import UUID, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.kit.columns import OPTIONAL, REQUIRED


class Delivery(Table, tablename="delivery"):
    """One message to one person about one version of one thing.

    `state`: planned, sent, dropped (its check said no), unreachable (no channel left), unknown (the
    supplier's answer was lost too often). `due_at`, `useless_after` and `sent_at` are business time;
    `lease_until` and `available_at` are machine time.
    """

    id = UUID(primary_key=True, **REQUIRED)
    kind = Text(**REQUIRED)
    occasion = Text(**REQUIRED, help_text="tells two messages of one kind apart: 'J-2', 'J-7'")
    account_id = UUID(**REQUIRED, index=True)
    subject_id = UUID(**REQUIRED, index=True)
    subject_version = Integer(**REQUIRED)
    due_at = Timestamptz(**REQUIRED)
    useless_after = Timestamptz(**REQUIRED)
    state = Text(**REQUIRED)
    reason = Text(**OPTIONAL, help_text="why it was dropped, as a short code")
    channel = Text(**OPTIONAL, help_text="the channel that took it, or that is being tried")
    available_at = Timestamptz(**OPTIONAL)
    lease_until = Timestamptz(**OPTIONAL)
    attempts = Integer(default=0, null=False)
    created_at = Timestamptz(**REQUIRED)
    sent_at = Timestamptz(**OPTIONAL)

    delivery_once = Unique(["kind", "occasion", "account_id", "subject_id", "subject_version"])


class DeliveryReceipt(Table, tablename="delivery_receipt"):
    """What one channel answered to one try. `reference` is the Message-ID or the push Topic."""

    id = UUID(primary_key=True, **REQUIRED)
    delivery_id = ForeignKey(Delivery, on_delete=OnDelete.restrict, **REQUIRED)
    channel = Text(**REQUIRED)
    at = Timestamptz(**REQUIRED)
    outcome = Text(**REQUIRED, help_text="sent, later, never, unanswered")
    reference = Text(**REQUIRED)
    detail = Text(**OPTIONAL, help_text="the supplier's status code")

"""The worker killed -9 again and again while 200 reminders are due, Valkey flushed, then stopped: none is
lost, and one comes twice only where the answer to the first was lost."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from backend.demo.peers.messages import Channel, Message
from backend.kit import db
from backend.local.valkey import LocalValkey
from backend.messaging.rules import message_id, topic
from tests.peers import running_peers
from tests.post import tomorrow_noon, until, vapid_point
from tests.visits import FIRST_CHAIR, ROUX, SITE
from tests.workers import WorkerProcess, worker_process

DUE, KILLS, SOME = 200, 5, 12

pytestmark = pytest.mark.slow


@pytest.fixture
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalValkey]:
    """One of this test's own: others must not be flushed with it."""
    own = LocalValkey(tmp_path_factory.mktemp("valkey"))
    own.start()
    yield own
    if own.running:
        own.stop()


async def due_reminders(owner: Any, peers: Any, clock: Any) -> dict[uuid.UUID, str]:
    """`DUE` people, each with a visit and a reminder due now, half of them by push: delivery -> to."""
    now = await clock.move_to(tomorrow_noon(await clock.now()))
    recipients = {}
    for number in range(DUE):
        account, patient, visit, delivery = (uuid.uuid4() for _ in range(4))
        recipients[delivery] = f"person{number}" if number % 2 else f"person{number}@example.org"
        await owner.execute(
            "insert into account (id, given_name, family_name, email, created_at) "
            "values ($1, 'x', 'x', $2, now())",
            account,
            None if number % 2 else recipients[delivery],
        )
        if number % 2:
            subscription = peers.subscription(recipients[delivery], vapid_point())
            await owner.execute(
                "insert into push_subscription (id, account_id, endpoint, p256dh, auth, device, created_at) "
                "values ($1, $1, $2, $3, $4, 'Test', now())",
                account,
                *(subscription.endpoint, subscription.p256dh, subscription.auth),
            )
        await owner.execute(
            "insert into patient (id, given_name, family_name, birth_date, created_at) "
            "values ($1, 'x', 'x', '1980-01-01', now())",
            patient,
        )
        await owner.execute(
            "insert into guardian (id, account_id, patient_id, relation, since) "
            "values ($1, $2, $3, 'self', now())",
            *(uuid.uuid4(), account, patient),
        )
        await owner.execute(
            "insert into appointment (id, patient_id, practitioner_id, chair_id, site_id, care_key, urgency, "
            "starts_at, ends_at, duration, status, created_at, changed_at) values "
            "($1, $2, $3, $4, $5, 'CTRL', 'U4', $6::timestamptz, $6::timestamptz + interval '30 minutes', "
            "jsonb_build_object('minutes', 30, 'lines', jsonb_build_array()), 'booked', now(), now())",
            *(visit, patient, ROUX, FIRST_CHAIR, SITE, now + timedelta(days=2)),
        )
        await owner.execute(
            "insert into delivery (id, kind, occasion, account_id, subject_id, subject_version, due_at, "
            "useless_after, state, created_at) values "
            "($1, 'appointment_reminder', 'J-2', $2, $3, 1, $4, $5, 'planned', now())",
            *(delivery, account, visit, now, now + timedelta(days=2)),
        )
    return recipients


def reference(message: Message) -> str:
    return message.topic if message.channel == Channel.PUSH else message.message_id


def expected_reference(delivery: uuid.UUID, to: str) -> str:
    return message_id(delivery, "localhost") if "@" in to else topic(delivery)


async def lost_answers() -> Counter[str]:
    """How many tries of each delivery ended without an answer, by reference."""
    rows = await db.fetch("select reference from delivery_receipt where outcome = 'unanswered'")
    return Counter(row["reference"] for row in rows)


async def kill_and_start_again(worker: WorkerProcess, peers: Any, valkey: LocalValkey) -> None:
    for kill in range(KILLS):
        await worker.start()
        enough = len(peers.messages.all()) + SOME
        await peers.messages.wait(lambda received, enough=enough: len(received) >= enough, within=60)
        await worker.kill()
        if kill == 0:
            client = Redis.from_url(valkey.url())
            await client.flushall()
            await client.aclose()
        if kill == 2:
            valkey.stop()
    await leases_run_out()
    await worker.start()


async def leases_run_out() -> None:
    """Twenty seconds later, while no worker lives: what the killed ones had claimed is free again."""
    for table in ("outbox_event", "delivery"):
        await db.execute(f"update {table} set lease_until = now() where lease_until > now()")


async def is_all_settled() -> bool:
    return not await db.fetch_value("select exists (select from delivery where state = 'planned')")


async def test_nothing_is_lost(
    tmp_path: Path, database: Any, clock: Any, valkey: LocalValkey, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_peers(tmp_path) as peers, worker_process(peers, valkey.url()) as worker:
        recipients = await due_reminders(database, peers, clock)
        await kill_and_start_again(worker, peers, valkey)
        await until(is_all_settled, within=120)
        assert await worker.stop() == 0

    received: defaultdict[str, list[Message]] = defaultdict(list)
    for message in peers.messages.all():
        received[reference(message)].append(message)
    lost = await lost_answers()
    repeated = {name: copies for name, copies in received.items() if len(copies) > 1}
    with capsys.disabled():
        print(f"\n{DUE} due, {KILLS} kills, {len(repeated)} repeated:")
        for name, copies in repeated.items():
            print(
                f"  {copies[0].channel:5} {copies[0].to:22} {name} x{len(copies)}, {lost[name]} answers lost"
            )

    assert set(received) == {expected_reference(delivery, to) for delivery, to in recipients.items()}
    assert all(len(copies) - 1 <= lost[name] for name, copies in received.items())
    assert all(len({copy.text for copy in copies}) == 1 for copies in received.values())
    states = await db.fetch("select state, count(*) as count from delivery group by state")
    assert [(row["state"], row["count"]) for row in states] == [("sent", DUE)]

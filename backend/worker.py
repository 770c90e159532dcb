"""The worker. Three lists: event -> handlers, kind of message -> check before sending, clock -> jobs.

It looks by itself every second and at once when the bell rings. Everything it owes stands in PostgreSQL:
killed at any moment it loses nothing, and without Valkey it is only up to a second slower.
"""

import asyncio
import os
import signal
import socket

from backend.booking import handlers as booking
from backend.booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMoved,
    DurationChanged,
    OfferEnded,
    OfferMade,
    PlaceFreed,
    RequestMade,
)
from backend.booking.jobs import (
    forget_answers,
    forget_groups,
    forget_requests,
    forget_waiting,
    sweep_holds,
)
from backend.booking.waiting_jobs import ask_again, expire_offers
from backend.calendars.jobs import look_at_calendars
from backend.checks import check_everything, refuse_open_journal
from backend.feeds.jobs import forget_feeds
from backend.identity import codes, device_repository
from backend.identity.events import SignInCodeAsked
from backend.identity.jobs import forget_codes, forget_devices, forget_keys, forget_sessions
from backend.kit import db, log
from backend.kit.loops import Loops
from backend.kit.settings import settings
from backend.messaging.channels.email import EmailChannel
from backend.messaging.channels.push import open_push_channel
from backend.messaging.jobs import Postman, forget_messages
from backend.messaging.model import Check
from backend.messaging.render import catalogue
from backend.outbox import bell
from backend.outbox import repository as outbox
from backend.outbox.relay import Relay, on
from backend.reminders import check, handlers, offers
from backend.triage.events import TriageDecided

EVENTS = (
    on(AppointmentBooked, handlers.on_booked),
    on(AppointmentMoved, handlers.on_moved, booking.on_moved),
    on(AppointmentCancelled, handlers.on_cancelled, booking.on_cancelled),
    on(AppointmentConfirmed),
    on(DurationChanged, booking.on_length_changed),
    on(PlaceFreed, booking.on_place_freed),
    on(OfferMade, offers.on_offer_made),
    on(OfferEnded, booking.on_offer_ended),
    on(RequestMade),
    on(TriageDecided),
    on(SignInCodeAsked, codes.owe_code),
)

CHECKS: dict[str, Check] = {
    "appointment_booked": check.check_notice,
    "appointment_moved": check.check_notice,
    "appointment_moved_by_practice": check.check_notice,
    "appointment_cancelled": check.check_cancellation,
    "appointment_cancelled_by_practice": check.check_cancellation,
    "appointment_reminder": check.check_reminder,
    "appointment_reminder_again": check.check_reminder_again,
    offers.KIND: offers.check_offer,
    codes.KIND: codes.check,
}

EVENTS_KEPT_DAYS = 30


GRACE_SECONDS = 5.0

BEATS_KEPT_DAYS = 1


def name_of(pid: int) -> str:
    """How the worker with this process id on this machine signs its beat."""
    return f"{socket.gethostname()} {pid}"


async def _beat() -> int:
    await outbox.beat(name_of(os.getpid()))
    return 0


async def _forget_events() -> int:
    return await outbox.forget_done(EVENTS_KEPT_DAYS)


async def _forget_beats() -> int:
    return await outbox.forget_beats(BEATS_KEPT_DAYS)


CLOCK = (
    (3, _beat),
    (5, expire_offers),
    (5, look_at_calendars),
    (30, offers.take_back_unheard),
    (60, ask_again),
    (60, sweep_holds),
    (3600, forget_groups),
    (3600, forget_requests),
    (3600, forget_waiting),
    (3600, forget_answers),
    (3600, forget_messages),
    (3600, _forget_events),
    (3600, _forget_beats),
    (3600, forget_sessions),
    (3600, forget_keys),
    (3600, forget_devices),
    (3600, forget_codes),
    (3600, forget_feeds),
)
"""Seconds between two runs, and the job."""


async def work() -> None:
    """Work until SIGTERM or SIGINT; then end what is on its way."""
    ours = settings()
    loops = Loops(GRACE_SECONDS)
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, loops.stop)
    await db.open_pool(20)
    await refuse_open_journal()
    async with open_push_channel(ours.vapid_private_key, ours.vapid_subject, ours.demo_peers_url) as push:
        email = EmailChannel(ours.smtp_url, ours.mail_from, ours.host)
        postman = Postman(CHECKS, device_repository, catalogue(), push, email, ours.public_url)
        loops.sweep("events", Relay(EVENTS).sweep)
        loops.sweep("messages", postman.send_due)
        for seconds, job in CLOCK:
            loops.every(seconds, job)
        loops.on_stop(postman.stop)
        listening = asyncio.create_task(bell.listen(ours.redis_url, loops.ring))
        await loops.run()
        listening.cancel()
        await asyncio.wait([listening], timeout=1)
    await db.close_pool()


def main() -> None:
    """The command `quenotte work`. Stops with every fault named when a setting or a text is broken."""
    check_everything()
    log.set_up()
    asyncio.run(work())

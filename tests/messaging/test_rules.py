"""Which channel, how often, when not."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.messaging.model import Addresses, Channel, Device, Receipt, Result
from backend.messaging.rules import (
    MOST_UNANSWERED,
    PUSH_PATIENCE,
    Choice,
    choose,
    given_up,
    message_id,
    over_cap,
    quiet_until,
    topic,
)

PUSH, EMAIL = Channel.PUSH, Channel.EMAIL
PHONE = Device(UUID(int=1), "https://fcm.googleapis.com/a", "key", "auth")
TABLET = Device(UUID(int=2), "https://fcm.googleapis.com/b", "key", "auth")
DELIVERY = UUID("01970000-0000-7000-8000-000000000001")


def reach(
    *devices: Device, email: str | None = "camille@roche.example", push: bool = True, mail: bool = True
) -> Addresses:
    return Addresses(locale="fr", email=email, wants_email=mail, devices=devices, wants_push=push)


def tried(channel: Channel, outcome: Result, detail: str = "", times: int = 1) -> list[Receipt]:
    return [Receipt(channel, outcome, detail)] * times


def test_push_goes_to_the_newest_device() -> None:
    assert choose((PUSH, EMAIL), reach(PHONE, TABLET), []) == Choice(PUSH, PHONE)


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (reach(), EMAIL),
        (reach(PHONE, push=False), EMAIL),
        (reach(email=None), None),
        (reach(mail=False), None),
        (reach(PHONE, email=None), PUSH),
    ],
)
def test_what_is_neither_there_nor_wanted_is_passed_over(
    addresses: Addresses, expected: Channel | None
) -> None:
    choice = choose((PUSH, EMAIL), addresses, [])
    assert (choice.channel if choice else None) == expected


def test_a_confirmation_goes_by_email_where_there_is_one() -> None:
    chosen = [choose((EMAIL, PUSH), one, []) for one in (reach(PHONE), reach(PHONE, email=None))]
    assert [choice and choice.channel for choice in chosen] == [EMAIL, PUSH]


def test_a_device_that_is_gone_does_not_speak_for_the_next() -> None:
    gone = tried(PUSH, Result.NEVER, "410")
    assert choose((PUSH, EMAIL), reach(TABLET), gone) == Choice(PUSH, TABLET)


@pytest.mark.parametrize("status", ["400", "401", "403", "413"])
def test_our_own_fault_leaves_the_channel_for_this_message(status: str) -> None:
    refused = tried(PUSH, Result.NEVER, status)
    assert choose((PUSH, EMAIL), reach(PHONE), refused) == Choice(EMAIL)
    assert choose((PUSH, EMAIL), reach(PHONE, email=None), refused) is None


def test_a_channel_that_keeps_us_waiting_yields_to_the_other_one() -> None:
    waiting = tried(PUSH, Result.LATER, "503", times=PUSH_PATIENCE)
    assert choose((PUSH, EMAIL), reach(PHONE), waiting[1:]) == Choice(PUSH, PHONE)
    assert choose((PUSH, EMAIL), reach(PHONE), waiting) == Choice(EMAIL)
    assert choose((PUSH, EMAIL), reach(PHONE, email=None), waiting) == Choice(PUSH, PHONE)


def test_an_address_that_refuses_for_good_is_not_tried_again() -> None:
    assert choose((PUSH, EMAIL), reach(), tried(EMAIL, Result.NEVER, "550")) is None


def test_after_too_many_lost_answers_nothing_is_tried() -> None:
    lost = tried(PUSH, Result.UNANSWERED, times=MOST_UNANSWERED)
    assert given_up(lost)
    assert not given_up(lost[1:])


def test_never_a_third_message() -> None:
    assert [over_cap(sent) for sent in (0, 1, 2, 3)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-03-03T08:59", "2026-03-03T09:00"),
        ("2026-03-03T09:00", None),
        ("2026-03-03T19:59", None),
        ("2026-03-03T20:00", "2026-03-04T09:00"),
        ("2026-10-24T23:00", "2026-10-25T09:00"),
    ],
)
def test_nights_are_quiet_on_the_sites_clock(now: str, morning: str | None) -> None:
    paris = ZoneInfo("Europe/Paris")
    expected = datetime.fromisoformat(morning).replace(tzinfo=paris) if morning else None
    assert quiet_until(datetime.fromisoformat(now).replace(tzinfo=paris), "Europe/Paris") == expected


def test_a_repeat_bears_the_same_reference() -> None:
    assert topic(DELIVERY) == topic(DELIVERY) == "AZcAAAAAcACAAAAAAAAAAQ"
    assert message_id(DELIVERY, "cabinet.example") == f"<{DELIVERY}@cabinet.example>"

"""The rules of sessions, guards and codes, without a database."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from backend.identity import guards, rules
from backend.identity.model import Role, Viewer
from backend.kit.clock import machine_now
from backend.kit.errors import NotAllowed, Refusal, SignInNeeded
from backend.kit.ids import new_id
from backend.kit.paths import safe_path

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def somebody(role: Role | None = None, *, strong: bool = True, minutes_ago: int = 0) -> Viewer:
    return Viewer(
        account_id=new_id(),
        session_id=new_id(),
        strong=strong,
        given_name="Camille",
        locale="fr",
        role=role,
        signed_in_at=machine_now() - minutes_ago * MINUTE,
    )


@pytest.mark.parametrize(
    ("role", "idle", "longest"),
    [(None, timedelta(days=30), timedelta(days=90)), (Role.OWNER, timedelta(hours=12), timedelta(hours=24))],
)
def test_a_session_ends_unused_and_ends_anyway(
    role: Role | None, idle: timedelta, longest: timedelta
) -> None:
    assert rules.is_open(role, NOW, NOW, NOW + idle - MINUTE)
    assert not rules.is_open(role, NOW, NOW, NOW + idle)
    assert rules.is_open(role, NOW, NOW + longest - MINUTE, NOW + longest - MINUTE)
    assert not rules.is_open(role, NOW, NOW + longest - MINUTE, NOW + longest)


Guard = Callable[..., Awaitable[None]]

STAFF = list(Role)
CLINICAL = [Role.ASSISTANT, Role.PRACTITIONER]
MAY_ENTER: dict[Guard, list[Role | None]] = {
    guards.signed_in: [None, *STAFF],
    guards.strong: [None, *STAFF],
    guards.desk: STAFF,
    guards.clinical: CLINICAL,
    guards.practitioner: [Role.PRACTITIONER],
    guards.owner: [Role.OWNER],
}


async def refusal_of(guard: Guard, viewer: Viewer | None) -> type[Refusal] | None:
    connection: Any = SimpleNamespace(scope={"user": viewer})
    try:
        await guard(connection, None)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("guard", MAY_ENTER, ids=lambda guard: guard.__name__)
async def test_each_guard_lets_in_its_roles_and_nobody_else(guard: Guard, role: Role | None) -> None:
    expected = None if role in MAY_ENTER[guard] else NotAllowed
    assert await refusal_of(guard, somebody(role)) is expected


@pytest.mark.parametrize("guard", MAY_ENTER, ids=lambda guard: guard.__name__)
async def test_nobody_in_particular_is_asked_to_sign_in(guard: Guard) -> None:
    assert await refusal_of(guard, None) is SignInNeeded


@pytest.mark.parametrize("guard", [guard for guard in MAY_ENTER if guard is not guards.signed_in])
async def test_a_code_opens_no_guard_but_the_first(guard: Guard) -> None:
    role = MAY_ENTER[guard][0]
    assert await refusal_of(guard, somebody(role, strong=False)) is rules.StrongNeeded
    assert await refusal_of(guards.signed_in, somebody(role, strong=False)) is None


async def test_a_recent_proof_is_ten_minutes_old_at_most() -> None:
    assert await refusal_of(guards.recent_proof, somebody(minutes_ago=9)) is None
    assert await refusal_of(guards.recent_proof, somebody(minutes_ago=11)) is rules.ProofNeeded
    assert await refusal_of(guards.recent_proof, somebody(strong=False)) is rules.StrongNeeded
    assert await refusal_of(guards.recent_proof, None) is SignInNeeded


def test_the_sixth_code_of_an_address_and_the_thirty_first_of_a_network_are_refused() -> None:
    rules.check_code_limits(by_client=29, by_address=4)
    for counted in ({"by_client": 30, "by_address": 0}, {"by_client": 0, "by_address": 5}):
        with pytest.raises(rules.TooManyCodes) as refused:
            rules.check_code_limits(**counted)
        assert refused.value.values == {"minutes": 60}


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "compte",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\tevil",
        "/\n/e",
        "/" * 201,
    ],
)
def test_a_foreign_way_back_leads_home(foreign: str) -> None:
    assert safe_path(foreign) == "/"
    assert safe_path(foreign, "/famille") == "/famille"


def test_a_way_back_of_our_own_is_kept() -> None:
    assert safe_path("/compte?fait=1") == "/compte?fait=1"


def test_codes_are_spread_evenly_and_always_have_six_digits() -> None:
    codes = [rules.six_digits(number.to_bytes(8, "big") * 4) for number in range(0, 10**7, 9973)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 900

"""One-time codes by e-mail, for those without a passkey. A code opens a weak session: time and place of
visits, not the record; and never an account of the practice's staff.

The digits are an HMAC of the request's id, so nothing readable is stored and the message can be written at
the moment when it leaves. Every request is stored, limited and told to the worker alike, whether or not an
account exists: the page can neither say nor show by its time who has one.
"""

from datetime import datetime
from uuid import UUID

from backend.identity import code_repository, repository, rules
from backend.identity.events import SignInCodeAsked
from backend.identity.model import Code, Purpose, SignUp
from backend.kit import db
from backend.kit.clock import business_now, machine_now
from backend.kit.ids import new_id, same, sign
from backend.kit.settings import settings
from backend.messaging.actions import owe
from backend.messaging.model import Delivery, Drop, Send, Verdict
from backend.outbox.publish import publish

KIND = "sign_in_code"


def code_for(code_id: UUID) -> str:
    """The six digits of a request."""
    return rules.six_digits(sign(settings().secret, "sign-in-code", code_id.bytes))


async def ask(
    email: str,
    purpose: Purpose,
    *,
    locale: str,
    client: str,
    account_id: UUID | None = None,
    sign_up: SignUp | None = None,
) -> UUID:
    """Ask for a code to be sent to `email`; the id under which it is entered. `TooManyCodes` over a limit.

    `client` is the network address that asks; only its keyed digest is kept, for a day.
    """
    now = machine_now()
    client_digest = sign(settings().secret, "client", client.encode())
    code = Code(
        id=new_id(),
        email=email,
        purpose=purpose,
        locale=locale,
        account_id=account_id,
        sign_up=sign_up,
        tries=0,
    )
    async with db.transaction():
        await code_repository.lock_asker(client_digest, email)
        since = now - rules.CODE_LIMIT_SPAN
        rules.check_code_limits(*await code_repository.asked_since(client_digest, email, since))
        await code_repository.add(code, client_digest, now, now + rules.CODE_LASTS)
        await publish(SignInCodeAsked(code_id=code.id))
    return code.id


async def redeem(code_id: UUID, typed: str) -> Code:
    """Spend one of the five tries; the code if `typed` is right, else `CodeRefused` or `CodeSpent`.

    The try is spent before anything is compared and outside any transaction, so no failure gives it back.
    """
    assert not db.in_transaction(), "a try that a rollback would give back"
    code = await code_repository.count_try(code_id, machine_now(), rules.CODE_TRIES)
    if code is None:
        raise rules.CodeSpent
    if same(typed.encode(), code_for(code_id).encode()):
        return code
    raise rules.CodeSpent if code.tries >= rules.CODE_TRIES else rules.CodeRefused


async def owe_code(event: SignInCodeAsked) -> None:
    """The worker's part: owe the message, if the address may have one.

    The delivery is addressed to the code itself (see `device_repository.addresses`).
    """
    code = await code_repository.open_code(event.code_id, machine_now())
    if code is None or not await _may_receive(code):
        return
    now = await business_now()
    await owe(
        kind=KIND,
        occasion=code.purpose,
        account_id=code.id,
        subject_id=code.id,
        subject_version=1,
        due_at=now,
        useless_after=now + rules.CODE_LASTS,
    )


async def _may_receive(code: Code) -> bool:
    """Staff have no codes; an address without an account has one only to make it an account."""
    account = await repository.account_by_email(code.email)
    if account is None:
        return code.purpose is not Purpose.SIGN_IN
    return await repository.role_of(account.id, machine_now()) is None


async def check(delivery: Delivery, locale: str, now: datetime) -> Verdict:
    """What the message says, as long as the code can still be entered."""
    code = await code_repository.open_code(delivery.subject_id, machine_now())
    if code is None:
        return Drop("expired")
    digits = code_for(code.id)
    return Send(
        values={
            "code": f"{digits[:3]} {digits[3:]}",
            "minutes": str(int(rules.CODE_LASTS.total_seconds() // 60)),
        },
        link=f"/connexion/code?demande={code.id}",
        zone="UTC",  # a code has no quiet hours
    )

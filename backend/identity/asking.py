"""The key under which a client asks for something: a header of programs, a hidden field of forms."""

import hashlib
import re
from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import HeaderParameter

from backend.identity.model import Asked, Viewer
from backend.kit.forms import ONCE

SHAPE = r"^[!-~]{8,120}$"
HeaderKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        pattern=SHAPE,
        description="Chosen anew by the client for each thing it wants done, such as a UUID: the same "
        "request with the same key is done once and answered alike, for two days. Another with it: 422.",
    ),
]


async def provide_asked(
    request: Request[Any, Any, State], viewer: NamedDependency[Viewer], idempotency_key: HeaderKey = None
) -> Asked | None:
    """The key of a request with what it asks for; None where it bears none."""
    content = hashlib.sha256(request.url.path.encode() + b"\x00" + await request.body()).digest()
    key = idempotency_key
    if key is None and request.content_type[0] == RequestEncodingType.URL_ENCODED:
        key = _form_key((await request.form()).get(ONCE), content)
    return Asked(account_id=viewer.account_id, key=key, content=content) if key else None


def _form_key(token: Any, content: bytes) -> str | None:
    """One page's key and what was chosen on it: whoever goes back and chooses something else asks anew."""
    if not isinstance(token, str) or not re.match(SHAPE, token):
        return None
    return f"{token}.{content.hex()[:16]}"

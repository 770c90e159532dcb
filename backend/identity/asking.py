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
    token = None if idempotency_key else await _form_token(request)
    if not idempotency_key and not token:
        return None
    address = request.url.path.encode() + b"?" + request.scope["query_string"]
    content = hashlib.sha256(address + b"\x00" + await request.body()).digest()
    # One page's token and what was chosen on it: whoever goes back and chooses something else asks anew.
    key = idempotency_key or f"{token}.{content.hex()[:16]}"
    return Asked(account_id=viewer.account_id, key=key, content=content)


async def _form_token(request: Request[Any, Any, State]) -> str | None:
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        return None
    token = (await request.form()).get(ONCE)
    return token if isinstance(token, str) and re.match(SHAPE, token) else None

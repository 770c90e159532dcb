"""The stamps of the resources: which change of what occupies them was the last (`resource_stamp`)."""

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

STAMPS = """(select string_agg(uuid_send(s.resource_id) || uuid_send(s.stamp), '' order by s.resource_id)
     from resource_stamp s)"""
"""A column for statements: every stamp, packed; `unpacked` reads it."""


@lru_cache(maxsize=4)
def unpacked(packed: bytes | None) -> Mapping[UUID, UUID]:
    """Stamps by resource, of which each takes 16 bytes in turn. Kept: mostly nothing has changed since."""
    packed = packed or b""
    ids = [UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16)]
    return dict(zip(ids[::2], ids[1::2], strict=True))

"""When to look at an external agenda again, how far, and which addresses are none to look at."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from backend.calendars.model import Window

EVERY = timedelta(minutes=15)
BEFORE, AHEAD = timedelta(days=1), timedelta(days=400)
"""The window of time that counts, around now."""
READ_AGAIN = timedelta(days=1)
"""When what was read ends that much earlier than the window does, the whole is asked for again."""
STALE = timedelta(hours=24)
LONGEST_ADDRESS = 1000
MOST = 20


def window(now: datetime, zone: str, host: str) -> Window:
    """What counts at `now`; `host` is our own name, which ends the UIDs of our own entries."""
    return Window(now - BEFORE, now + AHEAD, zone, f"@{host}")


def may_skip(read_until: datetime | None, window: Window) -> bool:
    """Whether "nothing has changed" is answer enough, or the window has meanwhile moved on."""
    return read_until is not None and window.ends_at - read_until < READ_AGAIN


def is_stale(created_at: datetime, synced_at: datetime | None, now: datetime) -> bool:
    """Whether what an agenda told is too old to rely on, in machine time."""
    return now - (synced_at or created_at) > STALE


def tidy(address: str) -> str:
    """The address as it is fetched: `webcal:` is how calendars write `https:`.

    >>> tidy(" webcal://agenda.example/a.ics ")
    'https://agenda.example/a.ics'
    """
    scheme, colon, rest = address.strip().partition(":")
    return f"https:{rest}" if scheme.lower() in ("webcal", "webcals") else f"{scheme}{colon}{rest}"


def is_allowed(address: str, demo_peer: str | None = None) -> bool:
    """Whether we may call this address: https, a host by its name, nobody's name or password in it.

    What the name leads to is looked at when it is called. `demo_peer` is the demo's own, on this machine.

    >>> is_allowed("https://agenda.example/a.ics"), is_allowed("http://agenda.example/a.ics")
    (True, False)
    >>> is_allowed("https://127.0.0.1/a.ics"), is_allowed("https://me:secret@agenda.example/a.ics")
    (False, False)
    >>> is_allowed("https://127\\u30020\\u30020\\u30021/a.ics"), is_allowed("https://xn--cole-9oa.example/a.ics")
    (False, True)
    """
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or " " in address:
        return False
    if demo_peer and address.startswith(demo_peer.rstrip("/") + "/"):
        return True
    try:
        url = urlsplit(address)
        host = url.hostname or ""
        plain = url.scheme == "https" and url.username is None and url.password is None
        # Written with the full stops of other scripts, a number would become one only when it is called.
        return plain and url.port != 0 and bool(host) and host.isascii() and not _is_number(host)
    except ValueError:
        return False


def host_of(address: str) -> str:
    """What may be shown of an address, which is a secret as a whole.

    >>> host_of("https://agenda.example/private-1234/basic.ics")
    'agenda.example'
    """
    return urlsplit(address).hostname or ""


def _is_number(host: str) -> bool:
    """An address in figures, also in the ways that only old libraries read: 2130706433, 0x7f.1, 127.1."""
    try:
        ip_address(host)
    except ValueError:
        last = host.rstrip(".").rsplit(".", 1)[-1].lower()
        return last.isdigit() or (last.startswith("0x") and all(c in "0123456789abcdef" for c in last[2:]))
    return True

"""The settings, read once from the environment into one typed struct.

Every missing or wrong variable is named in one message, and a process that lacks one does not start:
there is no default that would leave a door open. A secret may be given as `NAME_FILE=/run/secrets/…`.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

LEAST_SECRET_BYTES = 32


class SettingsError(Exception):
    """The environment does not hold what this process needs; the message lists every fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(
            "Quenotte does not start, its settings are not complete:\n"
            + "\n".join(f"  - {fault}" for fault in faults)
            + "\nThe README's section Configuration explains each of them."
        )
        self.faults = faults


class Settings(msgspec.Struct, frozen=True):
    """What the web app and the worker need to know. See the README for the meaning of each variable."""

    public_url: str
    secret: bytes
    database_url: str
    redis_url: str
    storage_url: str
    smtp_url: str
    mail_from: str
    vapid_private_key: str
    vapid_subject: str
    demo: bool
    demo_peers_url: str | None = None

    @property
    def https(self) -> bool:
        """Whether browsers reach us over https: cookies are then `__Host-` and Secure."""
        return self.public_url.startswith("https://")

    @property
    def host(self) -> str:
        """The host name in the public URL, which is also the passkeys' relying party."""
        return urlsplit(self.public_url).hostname or ""


class _Reader:
    """Reads variables one by one and keeps every fault."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def text(self, name: str, why: str) -> str:
        value = self.environ.get(name, "").strip()
        path = self.environ.get(f"{name}_FILE", "").strip()
        if not value and path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                self.faults.append(f"{name}_FILE cannot be read ({error.strerror})")
                return ""
        if not value:
            self.faults.append(f"{name} is missing: {why}")
        return value

    def url(self, name: str, why: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name, why)
        if value and urlsplit(value).scheme not in schemes:
            self.faults.append(f"{name} must begin with one of {', '.join(s + ':' for s in schemes)}")
        return value

    def flag(self, name: str) -> bool:
        value = self.environ.get(name, "")
        if value not in ("", "0", "1"):
            self.faults.append(f"{name} must be 1, 0 or left out")
        return value == "1"

    def key(self, name: str, why: str) -> str:
        value = self.text(name, why)
        try:
            raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        if value and len(raw) != 32:
            self.faults.append(f"{name} must be the 32 bytes of a P-256 key, in URL-safe base64")
        return value


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`, or `SettingsError` with every fault."""
    r = _Reader(environ)
    public_url = r.url("QUENOTTE_PUBLIC_URL", "the address that patients type", ("https", "http")).rstrip("/")
    if public_url.startswith("http://") and urlsplit(public_url).hostname != "localhost":
        r.faults.append("QUENOTTE_PUBLIC_URL must be https:// (http:// is only for localhost)")
    secret = r.text("QUENOTTE_SECRET", "the key that signs links in messages").encode()
    if secret and len(secret) < LEAST_SECRET_BYTES:
        r.faults.append(f"QUENOTTE_SECRET must have at least {LEAST_SECRET_BYTES} bytes")
    settings = Settings(
        public_url=public_url,
        secret=secret,
        database_url=r.url(
            "QUENOTTE_DATABASE_URL",
            "PostgreSQL as the app's role, which cannot change audit rows",
            ("postgresql", "postgres"),
        ),
        redis_url=r.url("QUENOTTE_REDIS_URL", "Valkey or Redis, the bell", ("redis", "rediss", "unix")),
        storage_url=r.url("QUENOTTE_STORAGE_URL", "where documents are kept", ("file", "s3")),
        smtp_url=r.url("QUENOTTE_SMTP_URL", "the mail server", ("smtp", "smtps", "smtp+starttls")),
        mail_from=r.text("QUENOTTE_MAIL_FROM", "the sender of e-mails"),
        vapid_private_key=r.key("QUENOTTE_VAPID_PRIVATE_KEY", "the key that signs web pushes"),
        vapid_subject=r.url(
            "QUENOTTE_VAPID_SUBJECT", "whom a push service may write to", ("mailto", "https")
        ),
        demo=r.flag("QUENOTTE_DEMO"),
        demo_peers_url=environ.get("QUENOTTE_DEMO_PEERS_URL") or None,
    )
    _refuse_open_doors(settings, r.faults)
    if r.faults:
        raise SettingsError(r.faults)
    return settings


def _refuse_open_doors(settings: Settings, faults: list[str]) -> None:
    if settings.demo and settings.https:
        faults.append("QUENOTTE_DEMO=1 lets anybody enter as anyone: it is refused on a public https address")
    if settings.demo and not settings.demo_peers_url:
        faults.append("QUENOTTE_DEMO_PEERS_URL is missing: the demo's messages go there")
    if not settings.demo and settings.demo_peers_url:
        faults.append("QUENOTTE_DEMO_PEERS_URL is only for the demo: take it away")


def owner_database_url(environ: Mapping[str, str]) -> str:
    """The URL of the database's owner, needed by `migrate` and `seed` alone."""
    r = _Reader(environ)
    url = r.url(
        "QUENOTTE_OWNER_DATABASE_URL",
        "PostgreSQL as the owner, who migrates",
        ("postgresql", "postgres"),
    )
    if r.faults:
        raise SettingsError(r.faults)
    return url


@cache
def settings() -> Settings:
    """This process's settings."""
    return read(os.environ)

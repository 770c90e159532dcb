"""The settings of a local start, as the environment variables that production would give."""

import base64
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from backend.local import folders, home
from backend.local.postgres import LocalPostgres
from backend.local.valkey import LocalValkey


def environment(
    place: Path, port: int, ports: home.Ports, postgres: LocalPostgres, valkey: LocalValkey
) -> dict[str, str]:
    """The variables for the web app on `port`, the worker, the peers, `migrate` and `seed`."""
    return {
        "PORT": str(port),
        "QUENOTTE_HOME": str(place),
        "QUENOTTE_DEMO": "1",
        "QUENOTTE_PUBLIC_URL": f"http://localhost:{port}",
        "QUENOTTE_SECRET": home.secret(place, "session", lambda: secrets.token_urlsafe(32)),
        "QUENOTTE_DATABASE_URL": postgres.app_url(),
        "QUENOTTE_OWNER_DATABASE_URL": postgres.owner_url(),
        "QUENOTTE_REDIS_URL": valkey.url(),
        "QUENOTTE_STORAGE_URL": folders.private_folder(place / "files").as_uri(),
        "QUENOTTE_SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "QUENOTTE_MAIL_FROM": "Cabinet des Tilleuls <rendez-vous@tilleuls.example>",
        "QUENOTTE_VAPID_PRIVATE_KEY": home.secret(place, "vapid", _new_vapid_key),
        "QUENOTTE_VAPID_SUBJECT": "mailto:rendez-vous@tilleuls.example",
        "QUENOTTE_DEMO_PEERS_URL": f"http://127.0.0.1:{ports.peers}",
        "QUENOTTE_DEMO_PEERS_FOLDER": str(folders.private_folder(place / "peers")),
    }


def _new_vapid_key() -> str:
    """A new P-256 private key: its 32 bytes in URL-safe base64 without padding, as py-vapid reads it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()

"""The settings: every missing or wrong variable is named, all at once, and no door stays open."""

import os
from pathlib import Path

import pytest

from backend.kit.settings import SettingsError, owner_database_url, read

COMPLETE = {
    "QUENOTTE_PUBLIC_URL": "https://rdv.tilleuls.example",
    "QUENOTTE_SECRET": "0123456789abcdef0123456789abcdef",
    "QUENOTTE_DATABASE_URL": "postgresql://app@db/quenotte",
    "QUENOTTE_REDIS_URL": "rediss://valkey:6379/0",
    "QUENOTTE_STORAGE_URL": "s3://documents",
    "QUENOTTE_SMTP_URL": "smtp+starttls://user:word@mail:587",
    "QUENOTTE_MAIL_FROM": "Cabinet <rendez-vous@tilleuls.example>",
    "QUENOTTE_VAPID_PRIVATE_KEY": "nH-MUcHfuaqOkpYFqbn5REbOGvn43tOmNMp9rYrr7nU",
    "QUENOTTE_VAPID_SUBJECT": "mailto:rendez-vous@tilleuls.example",
}
DEMO = {
    **COMPLETE,
    "QUENOTTE_PUBLIC_URL": "http://localhost:8000",
    "QUENOTTE_DEMO": "1",
    "QUENOTTE_DEMO_PEERS_URL": "http://127.0.0.1:9000",
}


def faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as stopped:
        read(environ)
    for fault in stopped.value.faults:
        assert fault in str(stopped.value)
    return stopped.value.faults


def test_a_complete_environment_is_read() -> None:
    settings = read(COMPLETE)
    assert settings.https
    assert settings.host == "rdv.tilleuls.example"
    assert not settings.demo
    assert read(DEMO).demo


def test_every_missing_variable_is_named_in_one_message() -> None:
    found = faults({})
    assert [
        name for name in COMPLETE if not any(fault.startswith(f"{name} is missing") for fault in found)
    ] == []
    assert len(found) == len(COMPLETE)


@pytest.mark.parametrize("name", COMPLETE)
def test_one_missing_variable_is_the_only_fault(name: str) -> None:
    (fault,) = faults({**COMPLETE, name: "  "})
    assert fault.startswith(f"{name} is missing")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("QUENOTTE_PUBLIC_URL", "http://rdv.tilleuls.example", "must be https://"),
        ("QUENOTTE_PUBLIC_URL", "http://localhost.evil.example", "must be https://"),
        ("QUENOTTE_PUBLIC_URL", "rdv.tilleuls.example", "must begin with one of https:, http:"),
        ("QUENOTTE_SECRET", "too short", "at least 32 bytes"),
        ("QUENOTTE_DATABASE_URL", "mysql://app@db/quenotte", "must begin with"),
        ("QUENOTTE_REDIS_URL", "http://valkey", "must begin with"),
        ("QUENOTTE_STORAGE_URL", "/var/documents", "must begin with"),
        ("QUENOTTE_SMTP_URL", "mail:25", "must begin with"),
        ("QUENOTTE_VAPID_PRIVATE_KEY", "c2hvcnQ", "32 bytes of a P-256 key"),
        ("QUENOTTE_VAPID_PRIVATE_KEY", "not base64 at all!", "32 bytes of a P-256 key"),
        ("QUENOTTE_VAPID_SUBJECT", "rendez-vous@tilleuls.example", "must begin with"),
        ("QUENOTTE_DEMO", "yes", "must be 1, 0 or left out"),
    ],
)
def test_a_wrong_variable_is_named_with_its_cure(name: str, value: str, said: str) -> None:
    (fault,) = faults({**COMPLETE, name: value})
    assert fault.startswith(name)
    assert said in fault


def test_the_demo_is_refused_on_a_public_address() -> None:
    (fault,) = faults({**DEMO, "QUENOTTE_PUBLIC_URL": "https://rdv.tilleuls.example"})
    assert "lets anybody enter as anyone" in fault


def test_the_demos_messages_go_to_its_peers_and_nobody_elses_do() -> None:
    (fault,) = faults({name: value for name, value in DEMO.items() if name != "QUENOTTE_DEMO_PEERS_URL"})
    assert fault.startswith("QUENOTTE_DEMO_PEERS_URL is missing")
    (fault,) = faults({**COMPLETE, "QUENOTTE_DEMO_PEERS_URL": "http://127.0.0.1:9000"})
    assert fault.startswith("QUENOTTE_DEMO_PEERS_URL is only for the demo")


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("fedcba9876543210fedcba9876543210\n", encoding="utf-8")
    environ = {**COMPLETE, "QUENOTTE_SECRET": "", "QUENOTTE_SECRET_FILE": str(secret)}
    assert read(environ).secret == b"fedcba9876543210fedcba9876543210"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    environ = {**COMPLETE, "QUENOTTE_SECRET": "", "QUENOTTE_SECRET_FILE": str(tmp_path / "gone")}
    (fault,) = faults(environ)
    assert fault.startswith("QUENOTTE_SECRET_FILE cannot be read")


def test_no_fault_repeats_a_secret() -> None:
    environ = {**COMPLETE, "QUENOTTE_SECRET": "hunter2", "QUENOTTE_SMTP_URL": "user:hunter2@mail"}
    assert "hunter2" not in "\n".join(faults(environ))


def test_only_migrating_asks_for_the_owner() -> None:
    with pytest.raises(SettingsError, match="QUENOTTE_OWNER_DATABASE_URL is missing"):
        owner_database_url(COMPLETE)
    assert owner_database_url(dict(os.environ)).startswith("postgresql://")

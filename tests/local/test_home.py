"""What a home keeps, and what it refuses."""

import os
import socket
from pathlib import Path

import pytest

from backend.local import folders
from backend.local import home as homes
from backend.local.environment import environment
from backend.local.postgres import LocalPostgres
from backend.local.processes import LocalTrouble, hold
from backend.local.valkey import LocalValkey


def test_one_supervisor_at_a_time(home: Path) -> None:
    lock = homes.take(home)
    with pytest.raises(LocalTrouble, match="already runs"):
        homes.take(home, within=0.05)
    with pytest.raises(LocalTrouble, match="already runs"):
        homes.reset(home)
    os.close(lock)
    os.close(homes.take(home))


def test_a_folder_with_other_things_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    for use in (homes.take, homes.reset):
        with pytest.raises(LocalTrouble, match="holds other things"):
            use(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_secret_is_made_once_for_the_owner_alone(home: Path) -> None:
    assert homes.secret(home, "session", lambda: "first") == "first"
    assert homes.secret(home, "session", lambda: "second") == "first"
    assert (home / "secrets" / "session").stat().st_mode & 0o777 == 0o600
    assert (home / "secrets").stat().st_mode & 0o777 == 0o700


def test_ports_are_kept_until_another_takes_one(home: Path) -> None:
    os.close(homes.take(home))
    first = homes.ports(home)
    assert homes.ports(home) == first
    with socket.create_server(("127.0.0.1", first.smtp)):
        second = homes.ports(home)
        assert second.peers == first.peers
        assert second.smtp != first.smtp
    assert homes.ports(home) == second


def test_a_busy_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LocalTrouble, match=f"Port {port} is taken"):
            homes.check_free(port)
    homes.check_free(port)
    with pytest.raises(LocalTrouble, match="99999"):
        homes.check_free(99999)


def test_reset_forgets_everything(home: Path) -> None:
    os.close(homes.take(home))
    server = LocalPostgres(home, {"fsync": "off"})
    server.start()
    server.stop()
    homes.reset(home)
    assert not home.exists()
    assert not server.data.exists()
    homes.reset(home)


def test_a_cluster_in_use_is_not_removed(
    home: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "SHARED", open_folder)
    elsewhere = folders.crossable_folder(open_folder / folders.fingerprint(home))
    lock = hold(elsewhere / "postgres-18.lock")
    assert lock is not None
    with pytest.raises(LocalTrouble, match="still uses"):
        folders.remove_cluster(home, within=0.05)
    os.close(lock)
    folders.remove_cluster(home)
    assert not elsewhere.exists()


def test_a_home_deleted_by_hand_leaves_no_old_data(
    home: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "SHARED", open_folder)
    elsewhere = folders.crossable_folder(open_folder / folders.fingerprint(home))
    os.close(homes.take(home))
    assert not elsewhere.exists()


def test_the_settings_of_a_local_start(home: Path) -> None:
    ports = homes.Ports(smtp=2525, peers=8099)
    os.close(homes.take(home))
    one = environment(home, 8000, ports, LocalPostgres(home), LocalValkey(home))
    assert one == environment(home, 8000, ports, LocalPostgres(home), LocalValkey(home))
    assert one["QUENOTTE_PUBLIC_URL"] == "http://localhost:8000"
    assert one["QUENOTTE_SMTP_URL"] == "smtp://127.0.0.1:2525"
    assert one["QUENOTTE_DEMO_PEERS_URL"] == "http://127.0.0.1:8099"

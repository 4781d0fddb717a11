"""The vault's key is rotated without a moment at which a secret does not open, and a lost key is a clear state."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from freightbooks.connections import key_rotation, sealed, vault
from freightbooks.connections.models import AuditEntry, Connection
from freightbooks.connections.tokens import good_token


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FREIGHTBOOKS_KEYS", raising=False)
    monkeypatch.setenv("FREIGHTBOOKS_DATA", str(tmp_path))


def ring(tmp_path: Path) -> list[str]:
    return (tmp_path / "vault.keys").read_text().split()


def test_a_rotation_seals_everything_with_a_new_key_and_drops_the_old(connection: Connection, tmp_path: Path) -> None:
    before, kept = ring(tmp_path), sealed.take(connection, "refresh_token")
    done = key_rotation.rotate()
    assert (done.sealed_anew, done.keys_dropped) == (3, 1)
    assert len(ring(tmp_path)) == 1
    assert ring(tmp_path) != before
    assert stat.S_IMODE((tmp_path / "vault.keys").stat().st_mode) == 0o600
    row = Connection.objects.get(pk=connection.pk)
    assert sealed.take(row, "refresh_token") == kept
    assert good_token(connection.pk).text
    assert AuditEntry.objects.filter(action="encryption key rotated").count() == 1


def test_a_rotation_that_broke_off_is_finished_by_the_next(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(vault, "drop_old_keys", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            key_rotation.rotate()
    assert sealed.take(Connection.objects.get(pk=connection.pk), "client_secret")
    key_rotation.rotate()
    assert len(ring(tmp_path)) == 1
    assert sealed.take(Connection.objects.get(pk=connection.pk), "client_secret")


def test_a_secret_no_key_opens_stops_the_rotation_and_no_key_is_dropped(connection: Connection, tmp_path: Path) -> None:
    lost = ring(tmp_path)
    (tmp_path / "vault.keys").write_text(vault.new_key() + "\n")
    assert key_rotation.holdings().lost == 3
    with pytest.raises(vault.KeyLost):
        key_rotation.rotate()
    assert len(ring(tmp_path)) == 2
    (tmp_path / "vault.keys").write_text("\n".join([*ring(tmp_path), *lost]) + "\n")
    assert key_rotation.rotate().keys_dropped == 3
    assert sealed.take(Connection.objects.get(pk=connection.pk), "refresh_token")


def test_a_ring_in_the_environment_is_the_operators_to_change(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, new = ring(tmp_path)[0], vault.new_key()
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", f"{new},{old}")
    done = key_rotation.rotate()
    assert (done.sealed_anew, done.keys_dropped, done.from_environment) == (3, 0, True)
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", new)
    assert sealed.take(Connection.objects.get(pk=connection.pk), "refresh_token")


def run(*arguments: str, **environment: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "freightbooks.cli", "keys", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_tells_names_and_never_keys(connection: Connection, tmp_path: Path) -> None:
    (key,) = ring(tmp_path)
    listed = run("list", "--json")
    assert listed.returncode == 0, listed.stderr
    assert sum(json.loads(listed.stdout)["sealed"].values()) == 3
    rotated = run("rotate")
    assert rotated.returncode == 0, rotated.stderr
    assert "3 secrets were sealed anew" in rotated.stdout
    assert not any(each in listed.stdout + rotated.stdout for each in (key, *ring(tmp_path)))


def test_the_command_says_what_to_do_about_a_lost_key(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "vault.keys").write_text(vault.new_key() + "\n")
    ended = run("rotate")
    assert ended.returncode == 1
    assert "Put the missing key back" in ended.stderr
    assert "Traceback" not in ended.stderr

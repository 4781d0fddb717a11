"""A sealed secret opens in its own place only, and as long as its key is in the ring."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freightbooks.connections import vault
from freightbooks.connections.vault import Place

PLACE = Place("connection", "refresh_token", 7)


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FREIGHTBOOKS_KEYS", raising=False)
    monkeypatch.setenv("FREIGHTBOOKS_DATA", str(tmp_path))


@given(st.text())
def test_what_is_sealed_opens_again(secret: str) -> None:
    assert vault.unseal(vault.seal(secret, PLACE), PLACE) == secret


def test_the_secret_is_not_in_what_is_sealed_and_no_two_seals_are_alike() -> None:
    sealed = vault.seal("RT1-39-H3", PLACE)
    assert b"RT1" not in sealed
    assert vault.seal("RT1-39-H3", PLACE) != sealed


@pytest.mark.parametrize("change", [{"row": 8}, {"column": "access_token"}, {"table": "webhook"}])
def test_a_sealed_value_moved_elsewhere_does_not_open(change: dict[str, object]) -> None:
    sealed = vault.seal("RT1-39-H3", PLACE)
    with pytest.raises(vault.Altered):
        vault.unseal(sealed, replace(PLACE, **change))  # type: ignore[arg-type]


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_sealed_value_with_any_byte_changed_does_not_open(position: int, change: int) -> None:
    sealed = bytearray(vault.seal("RT1-39-H3", PLACE))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(vault.VaultError):
        vault.unseal(bytes(sealed), PLACE)


def test_a_new_key_seals_and_the_old_one_still_opens_until_it_leaves_the_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = vault.new_key(), vault.new_key()
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", old)
    sealed_before = vault.seal("RT1-39-H3", PLACE)
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", f"{new},{old}")
    assert vault.unseal(sealed_before, PLACE) == "RT1-39-H3"
    assert not vault.is_current(sealed_before)
    sealed_after = vault.seal("RT1-39-H3", PLACE)
    assert vault.is_current(sealed_after)
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", new)
    assert vault.unseal(sealed_after, PLACE) == "RT1-39-H3"
    with pytest.raises(vault.KeyLost):
        vault.unseal(sealed_before, PLACE)


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    vault.seal("RT1-39-H3", PLACE)
    assert stat.S_IMODE((tmp_path / "vault.keys").stat().st_mode) == 0o600


@pytest.mark.parametrize("ring", ["c2hvcnQ=", "not base64!"])
def test_a_ring_with_something_else_in_it_is_refused_and_not_quoted(ring: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", ring)
    with pytest.raises(vault.BadKeyRing) as caught:
        vault.seal("RT1-39-H3", PLACE)
    assert ring not in str(caught.value)

"""The vault: what it seals, only it opens, and only in its own place."""

import base64

import pytest

from kp4web.crypto import Vault

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


@pytest.fixture
def vault():
    vault = Vault()
    vault.open(f"k1:{OLD}")
    return vault


def test_what_is_sealed_comes_back_and_never_looks_the_same_twice(vault):
    first, second = (vault.encrypt("999990019", row="a") for _ in range(2))
    assert first != second
    assert b"999990019" not in first
    assert vault.decrypt(first, row="a") == "999990019"


def test_a_value_moved_to_another_row_does_not_open(vault):
    with pytest.raises(ValueError, match="does not belong here"):
        vault.decrypt(vault.encrypt("999990019", row="a"), row="b")


def test_a_changed_value_does_not_open(vault):
    sealed = vault.encrypt("999990019", row="a")
    with pytest.raises(ValueError, match="does not belong here"):
        vault.decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]), row="a")


def test_rotation_keeps_old_values_and_hashes(vault):
    sealed, hashed = vault.encrypt("x", row="a"), vault.keyed_hash("x", purpose="bsn")
    vault.open(f"k2:{NEW},k1:{OLD}")
    assert vault.decrypt(sealed, row="a") == "x"
    assert vault.keyed_hash("x", purpose="bsn") == hashed
    assert vault.encrypt("x", row="a").startswith(b"k2:")


def test_without_its_key_a_value_stays_closed(vault):
    sealed = vault.encrypt("x", row="a")
    vault.open(f"k2:{NEW}")
    with pytest.raises(ValueError, match="unknown encryption key"):
        vault.decrypt(sealed, row="a")


def test_a_hash_depends_on_its_purpose_and_key(vault):
    first = vault.keyed_hash("x", purpose="bsn")
    assert first != vault.keyed_hash("x", purpose="audit")
    vault.open(f"k2:{NEW}")
    assert first != vault.keyed_hash("x", purpose="bsn")

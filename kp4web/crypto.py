"""
The vault: encryption and keyed hashes for what must not be readable in the database.

Keys come from ``KP4WEB_ENCRYPTION_KEYS`` (``id:base64,id:base64``): the first encrypts, all of
them decrypt, the last (oldest) makes the keyed hashes, so that adding a key in front rotates
encryption without touching the rows that are searched by hash.
"""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Vault:
    """AES-GCM encryption bound to the row it is stored in, and HMAC for exact search."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def open(self, keys: str) -> None:
        """Read the key ring; raise ``ValueError`` that names what is wrong with it."""
        ring: dict[str, bytes] = {}
        for part in filter(None, (p.strip() for p in keys.split(","))):
            name, _, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error as error:
                raise ValueError(f"key {name!r} is not base64") from error
            if not name or len(key) != 32:
                raise ValueError("each key must read id:base64 of 32 bytes")
            ring[name] = key
        if not ring:
            raise ValueError("no keys")
        self._keys = ring

    def encrypt(self, text: str, *, row: str) -> bytes:
        """Return the text encrypted with the first key; ``row`` ties it to its place."""
        name, key = next(iter(self._keys.items()))
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, text.encode(), row.encode())
        return name.encode() + b":" + nonce + sealed

    def decrypt(self, sealed: bytes, *, row: str) -> str:
        """Return the text; raise ``ValueError`` when it was changed, moved or the key is gone."""
        name, _, rest = bytes(sealed).partition(b":")
        key = self._keys.get(name.decode())
        if key is None:
            raise ValueError("unknown encryption key")
        try:
            plain = AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], row.encode())
        except InvalidTag as error:
            raise ValueError("encrypted value does not belong here") from error
        return plain.decode()

    def keyed_hash(self, text: str, *, purpose: str) -> str:
        """Return a hash (hex) that only the holder of the keys can compute, per purpose."""
        key = list(self._keys.values())[-1]
        return hmac.new(key, f"{purpose}\x00{text}".encode(), hashlib.sha256).hexdigest()


vault = Vault()

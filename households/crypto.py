"""National ids: encrypted at rest, found by a keyed blind index.

`number_enc` is one byte of key version, a 12-byte nonce and AES-256-GCM of the number; `number_index` is 16 bytes of HMAC-SHA-256
over the digits. Both keys are derived from settings.NATIONAL_ID_KEY (32 bytes in hex), which is kept apart from the database.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_VERSION = 1
INDEX_BYTES = 16
_NONCE_BYTES = 12
_TAIL = 3


class UnreadableIdError(ValueError):
    """The stored bytes were written under another key, or were altered."""


@dataclass(frozen=True)
class SealedId:
    """One national id as the registry stores it."""

    number_enc: bytes
    number_index: bytes
    tail: str


@dataclass(frozen=True)
class _Keys:
    cipher: AESGCM
    index: bytes


@lru_cache(maxsize=4)
def _keys(secret: str) -> _Keys:
    try:
        master = bytes.fromhex(secret)
    except ValueError:
        master = b""
    if len(master) != 32:
        raise ImproperlyConfigured("NATIONAL_ID_KEY must be 32 bytes written as 64 hexadecimal digits.")
    # Two uses, two keys: the index must say nothing about the cipher.
    return _Keys(AESGCM(_derive(master, b"encrypt")), _derive(master, b"index"))


def _derive(master: bytes, purpose: bytes) -> bytes:
    return hmac.digest(master, b"posasoft national id " + purpose, hashlib.sha256)


def digits_of(number: str) -> str:
    """Return the digits of a number as typed: spaces, points and dashes are no part of it."""
    if number.isascii() and number.isdecimal():
        return number
    return "".join(character for character in number if character.isdecimal() and character.isascii())


def seal(number: str) -> SealedId:
    """Encrypt one number. Raises ValueError when it has no digits."""
    return seal_many([number])[0]


def seal_many(numbers: Iterable[str]) -> list[SealedId]:
    """Encrypt many numbers: about 150,000 a second. Raises ValueError when one has no digits."""
    keys = _keys(settings.NATIONAL_ID_KEY)
    plain = [digits_of(number) for number in numbers]
    if not all(plain):
        raise ValueError("a national id has digits")
    nonces = os.urandom(_NONCE_BYTES * len(plain))
    return [
        _seal(keys, digits, nonces[position : position + _NONCE_BYTES])
        for digits, position in zip(plain, range(0, len(nonces), _NONCE_BYTES), strict=True)
    ]


def _seal(keys: _Keys, digits: str, nonce: bytes) -> SealedId:
    data = digits.encode("ascii")
    version = bytes([KEY_VERSION])
    return SealedId(version + nonce + keys.cipher.encrypt(nonce, data, version), _index(keys, data), digits[-_TAIL:])


def _index(keys: _Keys, data: bytes) -> bytes:
    return hmac.digest(keys.index, data, hashlib.sha256)[:INDEX_BYTES]


def blind_index(number: str) -> bytes:
    """Return what `number_index` holds for this number: the value to search for."""
    return _index(_keys(settings.NATIONAL_ID_KEY), digits_of(number).encode("ascii"))


def blind_indexes(numbers: Iterable[str]) -> list[bytes]:
    """Return the blind index of each number, in order."""
    keys = _keys(settings.NATIONAL_ID_KEY)
    return [_index(keys, digits_of(number).encode("ascii")) for number in numbers]


def unseal(number_enc: bytes) -> str:
    """Decrypt one stored number. Raises UnreadableIdError when the key is another or the bytes were altered."""
    return unseal_many([number_enc])[0]


def unseal_many(stored: Sequence[bytes]) -> list[str]:
    """Decrypt stored numbers, in order. Raises UnreadableIdError as `unseal`."""
    cipher = _keys(settings.NATIONAL_ID_KEY).cipher
    return [_unseal(cipher, bytes(value)) for value in stored]


def _unseal(cipher: AESGCM, value: bytes) -> str:
    version, nonce, body = value[:1], value[1 : 1 + _NONCE_BYTES], value[1 + _NONCE_BYTES :]
    if version != bytes([KEY_VERSION]):
        raise UnreadableIdError("the national id was written under another version of the key")
    try:
        return cipher.decrypt(nonce, body, version).decode("ascii")
    except InvalidTag:
        raise UnreadableIdError("the national id cannot be read with this key") from None

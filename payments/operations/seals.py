"""What proves that a delivery's files came from here as they are: their SHA-256 in one small file, and an Ed25519 signature of that file.

An agency checks it with tools that every server has: ``sha256sum -c SHA256SUMS`` and ``openssl pkeyutl -verify -pubin -inkey posasoft.pem -rawin
-in SHA256SUMS -sigfile SHA256SUMS.sig``. The signing key follows from settings.NATIONAL_ID_KEY, as the vault's keys do.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from payments.models import Delivery


def file_name(delivery: Delivery, ending: str) -> str:
    """danh-sach-202611-00721-POST.xlsx; the checksums and their signature have the names that the tools expect."""
    return {"sha256": "SHA256SUMS", "sig": "SHA256SUMS.sig"}.get(ending, f"danh-sach-{delivery.pay_list.number}.{ending}")


def checksums(delivery: Delivery) -> bytes:
    """The files' SHA-256 in the form of sha256sum."""
    return "".join(f"{one['sha256']}  {file_name(delivery, one['format'])}\n" for one in delivery.files).encode()


def signature(delivery: Delivery) -> bytes:
    """The 64 bytes of the signature of `checksums`."""
    return _key().sign(checksums(delivery))


def public_key() -> bytes:
    """What signatures are checked with, as PEM."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _key() -> Ed25519PrivateKey:
    master = bytes.fromhex(settings.NATIONAL_ID_KEY)
    return Ed25519PrivateKey.from_private_bytes(HKDF(hashes.SHA256(), 32, None, b"posasoft deliveries 1").derive(master))

"""Entries sealed on a phone to this server, so that they outlive a lost PIN and an ended session.

ECDH on P-256 with a key pair made for each entry, HKDF-SHA256, AES-256-GCM with the entry's id as
associated data: the parts of HPKE (RFC 9180) that every WebView's WebCrypto has. The phone cannot
open again what it sealed. The server's key pair is derived from the master key, so that a restored
backup still opens what phones sealed before.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

_INFO = b"lianfang outbox 1"
_POINT, _NONCE = 65, 12
# The order of P-256 (FIPS 186-5, D.1.2.3): private keys are 1 to this less 1.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Damaged(ValueError):
    """What came is not something that was sealed to this server."""


@lru_cache(maxsize=4)
def _private(master: str) -> ec.EllipticCurvePrivateKey:
    seed = hmac.new(bytes.fromhex(master), b"outbox", hashlib.sha512).digest()
    return ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """Return the server's public key: an uncompressed point, base64."""
    key = _private(settings.LIANFANG_MASTER_KEY).public_key()
    return base64.b64encode(_point(key)).decode()


def open_sealed(entry_id: UUID, sealed: str) -> dict[str, Any]:
    """Return the content of an entry. Raises Damaged."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw[:_POINT])
        shared = _private(settings.LIANFANG_MASTER_KEY).exchange(ec.ECDH(), sender)
        plain = AESGCM(_key(shared, raw[:_POINT])).decrypt(
            raw[_POINT : _POINT + _NONCE], raw[_POINT + _NONCE :], entry_id.bytes
        )
        content = json.loads(plain)
    except (ValueError, InvalidTag, RecursionError) as error:
        raise Damaged(str(error)) from error
    if not isinstance(content, dict):
        raise Damaged("not an object")
    return content


def seal(entry_id: UUID, content: dict[str, Any], server_key: str) -> str:
    """Seal an entry as a phone does; for tests and drills that play phones."""
    raw = base64.b64decode(server_key)
    mine = ec.generate_private_key(ec.SECP256R1())
    point = _point(mine.public_key())
    shared = mine.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    )
    nonce = os.urandom(_NONCE)
    text = json.dumps(content, ensure_ascii=False).encode()
    sealed = AESGCM(_key(shared, point)).encrypt(nonce, text, entry_id.bytes)
    return base64.b64encode(point + nonce + sealed).decode()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _key(shared: bytes, point: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=point, info=_INFO).derive(shared)

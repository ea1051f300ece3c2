"""Encryption of personal fields: one key a person, blind indexes, and what is left after a purge.

AES-256-GCM (NIST SP 800-38D). The key of a person lies wrapped under the deployment's master key:
to purge a person is to destroy that key, after which the sealed parts of the journal cannot be
read by anybody, in any backup that is made later, while the plain parts (so all counts) survive.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


@lru_cache(maxsize=16)
def _subkey(master: str, purpose: str) -> bytes:
    return hmac.new(bytes.fromhex(master), purpose.encode(), hashlib.sha256).digest()


def _master(purpose: str) -> bytes:
    return _subkey(settings.LIANFANG_MASTER_KEY, purpose)


def encrypt(key: bytes, plain: bytes) -> bytes:
    """Return nonce and ciphertext of `plain` under the 32-byte `key`."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def decrypt(key: bytes, sealed: bytes) -> bytes:
    """Return what `encrypt` sealed. Raises ValueError when key or content do not fit."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    except InvalidTag as error:
        raise ValueError("the key does not open this content") from error


def new_wrapped_key() -> tuple[bytes, bytes]:
    """Return a fresh key and the same key wrapped under the master key, to be stored."""
    key = os.urandom(32)
    return key, encrypt(_master("subject"), key)


def unwrap(wrapped: bytes) -> bytes:
    """Return the key that `new_wrapped_key` wrapped."""
    return decrypt(_master("subject"), wrapped)


def seal_field(text: str) -> str:
    """Return `text` encrypted for a column (base64), '' for ''."""
    if not text:
        return ""
    return base64.b64encode(encrypt(_master("field"), text.encode())).decode()


def open_field(sealed: str) -> str:
    """Return the text that `seal_field` sealed, '' for ''."""
    if not sealed:
        return ""
    return decrypt(_master("field"), base64.b64decode(sealed)).decode()


def blind_index(text: str) -> str:
    """Return the keyed index (32 hex digits) by which equal texts are found; '' for ''.

    Without the master key it cannot be tried out: identity numbers are few enough to be guessed.
    """
    if not text:
        return ""
    return hmac.new(_master("index"), text.encode(), hashlib.sha256).hexdigest()[:32]


def digest(content: bytes) -> bytes:
    """Return the keyed 16-byte digest that tells a repeated entry from another of the same id."""
    return hashlib.blake2b(content, digest_size=16, key=_master("digest")).digest()

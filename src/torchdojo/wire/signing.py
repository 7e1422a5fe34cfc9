"""Numbered signatures: only whoever holds a job's key can speak for that job.

A script that writes frames of its own to the socket does not know the key, and the frames it hopes to imitate leave the
process unseen. Nothing that can walk the process's memory is kept out by this; that is the tripwire's concern.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

_BYTES = 8


def signature(key: str, number: int) -> str:
    """What the frame with this number (from 0) carries under "signature". `key` is any text of at most 64 bytes."""
    return blake2b(str(number).encode(), key=key.encode(), digest_size=_BYTES).hexdigest()


def signer(key: str) -> Callable[[int], str]:
    """`signature` for one key, by nothing that can be replaced later under any name."""
    keyed, text = blake2b(key=key.encode(), digest_size=_BYTES), b"%d"

    def sign(number: int) -> str:
        hasher = keyed.copy()
        hasher.update(text % number)
        return hasher.hexdigest()

    return sign

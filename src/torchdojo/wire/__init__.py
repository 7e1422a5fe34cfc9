"""The wire: length-prefixed frames, the only thing that crosses between the candidate's process and the judge."""

from torchdojo.wire.frames import (
    Channel,
    Frame,
    TensorData,
    WireClosed,
    WireError,
    WireTimeout,
    decode,
    encode,
)
from torchdojo.wire.signing import signature, signer

__all__ = [
    "Channel",
    "Frame",
    "TensorData",
    "WireClosed",
    "WireError",
    "WireTimeout",
    "decode",
    "encode",
    "signature",
    "signer",
]

"""Output within its cap."""

from __future__ import annotations

from torchdojo.sandbox.transcript import Transcript


def test_everything_is_kept_up_to_the_cap() -> None:
    transcript = Transcript(10)
    assert transcript.add(b"12345") == b"12345"
    assert transcript.add(b"67890") == b"67890"
    assert not transcript.full
    assert transcript.text() == b"1234567890"


def test_beyond_the_cap_the_end_is_kept_and_the_gap_named() -> None:
    transcript = Transcript(4)
    assert transcript.add(b"head" + b"x" * 5000) == b"head"
    assert transcript.full
    assert transcript.add(b"the end") == b""
    text = transcript.text()
    assert text.startswith(b"head\n[... 2959 bytes left out ...]\nxxx")
    assert text.endswith(b"xthe end")

"""Saving what is typed without letting one tab overwrite another."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

from torchdojo.app import practice
from torchdojo.app.compose import Dojo
from torchdojo.domain.attempt import Draft

# Between the look at the stored draft and the save of the new one nothing else may save.
_saving = threading.Lock()


@dataclass(frozen=True, slots=True)
class Stored:
    """What the server holds for one exercise. `version` is "" while it is the untouched starter."""

    source: str
    version: str
    saved_at: str

    @classmethod
    def of(cls, draft: Draft) -> Stored:
        """The stored draft."""
        digest = hashlib.sha256(draft.source.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return cls(draft.source, digest, draft.saved_at.isoformat(timespec="seconds"))


def stored(dojo: Dojo, exercise: str) -> Stored:
    """The draft of `exercise`, or its starter."""
    draft = practice.draft(dojo, exercise)
    return Stored(practice.starter(dojo, exercise), "", "") if draft is None else Stored.of(draft)


def save(dojo: Dojo, exercise: str, source: str, base: str) -> tuple[bool, Stored]:
    """Save `source` if the stored version is still `base`; otherwise leave it and return it with False."""
    with _saving:
        held = stored(dojo, exercise)
        if held.source == source and held.version:
            return True, held
        if held.version != base:
            return False, held
        return True, Stored.of(practice.save_draft(dojo, exercise, source))


def reset(dojo: Dojo, exercise: str) -> Stored:
    """Back to the starter."""
    with _saving:
        practice.discard_draft(dojo, exercise)
        return stored(dojo, exercise)

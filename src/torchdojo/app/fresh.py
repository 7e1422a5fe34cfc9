"""Cards that ask with other numbers each time: every showing draws a fresh instance of a computation."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from torchdojo.app.compose import Dojo
from torchdojo.domain.card import Card, CardKind, CardState, Phase
from torchdojo.domain.exercise import Kind

#: The topic of these cards.
COMPUTATION = "computation"

_MOST_SEED = 2**31 - 1

#: A computation that is remembered this long is asked at its hardest.
_WELL_KNOWN_DAYS = 21.0


def computation_cards(dojo: Dojo) -> Iterator[Card]:
    """A card for each family; its numbers come when it is shown."""
    if _computing() is None:
        return
    for family in dojo.library.exercises():
        if family.kind is Kind.COMPUTE:
            link = f"compute:{family.id}"
            yield Card(f"compute/{family.id}", CardKind.COMPUTE, COMPUTATION, family.summary, "", family.title, link)


def with_numbers(dojo: Dojo, card: Card, state: CardState) -> Card:
    """The card as this showing asks it: the same numbers until it is answered, others the next time.

    Raises DojoError when no instance can be drawn.
    """
    computing = _computing()
    if computing is None:
        return card
    family = card.id.partition("/")[2]
    drawn = computing.instance(dojo, family, _seed(card, state), _level(state)).question
    spelled = importlib.import_module("torchdojo.domain.spelling").spelled
    mistakes = [f"- {spelled(drawn, wrong.answer)}: {wrong.mistake}" for wrong in drawn.distractors]
    parts = [f"**{spelled(drawn, drawn.answer)}**", drawn.working]
    if mistakes:
        parts.append("\n".join(["What mistakes lead to:", "", *mistakes]))
    choices = f"\n\n{' or '.join(drawn.choices)}?" if drawn.choices else ""
    return replace(card, front=drawn.prompt + choices, back="\n\n".join(parts))


def _seed(card: Card, state: CardState) -> int:
    name = f"{card.id}/{state.entries}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") % _MOST_SEED


def _level(state: CardState) -> int:
    if state.phase is not Phase.REVIEW:
        return 1
    return 3 if (state.stability or 0.0) >= _WELL_KNOWN_DAYS else 2


def _computing() -> Any:
    """The room's part that draws instances; None in an installation without it."""
    try:
        return importlib.import_module("torchdojo.app.computing")
    except ModuleNotFoundError:
        return None

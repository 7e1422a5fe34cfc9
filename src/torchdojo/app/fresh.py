"""Cards that ask with other numbers each time: every showing draws a fresh instance of a computation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from torchdojo.app import computing
from torchdojo.app.compose import Dojo
from torchdojo.domain.card import Card, CardKind, CardState, Phase
from torchdojo.domain.computation import MOST_SEED, Instance
from torchdojo.domain.spelling import spelled

#: The topic of these cards.
COMPUTATION = "computation"

#: A computation that is remembered this long is asked at its hardest.
_WELL_KNOWN_DAYS = 21.0


def computation_cards(dojo: Dojo) -> Iterator[Card]:
    """A card for each family; its numbers come when it is shown."""
    for family in computing.families(dojo):
        link = f"compute:{family.id}"
        yield Card(f"compute/{family.id}", CardKind.COMPUTE, COMPUTATION, family.summary, "", family.title, link)


def drawn_for(dojo: Dojo, card: Card, state: CardState) -> Instance:
    """What this showing of the card asks: the same numbers until it is answered, others the next time.

    Raises DojoError when no instance can be drawn.
    """
    return computing.instance(dojo, card.id.partition("/")[2], _seed(card, state), _level(state))


def with_numbers(card: Card, instance: Instance) -> Card:
    """The card with the instance as its front, and the answer worked out as its back."""
    drawn = instance.question
    mistakes = [f"- {spelled(drawn, wrong.answer)}: {wrong.mistake}" for wrong in drawn.distractors]
    parts = [f"**{spelled(drawn, drawn.answer)}**", drawn.working]
    if mistakes:
        parts.append("\n".join(["What mistakes lead to:", "", *mistakes]))
    choices = f"\n\n{' or '.join(drawn.choices)}?" if drawn.choices else ""
    return replace(card, front=drawn.prompt + choices, back="\n\n".join(parts))


def _seed(card: Card, state: CardState) -> int:
    name = f"{card.id}/{state.entries}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") % MOST_SEED


def _level(state: CardState) -> int:
    if state.phase is not Phase.REVIEW:
        return 1
    return 3 if (state.stability or 0.0) >= _WELL_KNOWN_DAYS else 2

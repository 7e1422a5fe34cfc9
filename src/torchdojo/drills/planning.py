"""Which base, which places: plans drawn from a recipe's seed. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torchdojo.bugs import bug_kinds
from torchdojo.domain.errors import BadInput
from torchdojo.drills.atlas import HARDEST, Atlas, Effect, Entry, drill_level
from torchdojo.drills.recipe import MOST_BUGS, Recipe

#: What the seed draws from when the number of bugs is left to it.
_USUAL_NUMBERS = (1, 2, 2, 3)

_DRAWS = 4000


@dataclass(frozen=True, slots=True)
class Plan:
    """A base and the entries of its atlas that are planted, in the order in which they are."""

    atlas: Atlas
    entries: tuple[Entry, ...]

    @property
    def level(self) -> int:
        """How hard it is, from 1 to 5."""
        return drill_level(self.entries)


def plans(recipe: Recipe, atlases: Sequence[Atlas]) -> Iterator[Plan]:
    """Different plans for this recipe, in an order that the seed decides. Raises BadInput when there can be none."""
    fitting = _fitting(recipe, atlases)
    chance = random.Random(f"{recipe.id}/{recipe.command}")
    number = recipe.bugs or len(set(recipe.kinds)) or chance.choice(_USUAL_NUMBERS)
    seen: set[tuple[str, ...]] = set()
    for _ in range(_DRAWS):
        plan = _drawn(recipe, chance, chance.choice(fitting), number)
        if plan is None:
            continue
        name = (plan.atlas.base.id, *sorted(str(entry.place) for entry in plan.entries))
        if name not in seen:
            seen.add(name)
            yield plan
    if not seen:
        raise BadInput(
            f"No script has {number} bugs that make level {recipe.level or 'any'} with these options.",
            "Ask for another level, fewer bugs, or other kinds.",
        )


def _drawn(recipe: Recipe, chance: random.Random, atlas: Atlas, number: int) -> Plan | None:
    allowed = [entry for entry in atlas.entries if not recipe.kinds or entry.place.kind in recipe.kinds]
    if number > 1:
        # Where a bug ends the run, another rarely shows: such plans are drawn only if there are no others.
        quiet = [entry for entry in allowed if entry.effect is not Effect.CRASH]
        allowed = quiet if len(_kinds(quiet)) >= number else allowed
    if len(_kinds(allowed)) < number:
        return None
    chosen = chance.sample(_kinds(allowed), number)
    entries = tuple(chance.choice([entry for entry in allowed if entry.place.kind == kind]) for kind in chosen)
    plan = Plan(atlas, entries)
    return plan if recipe.level in (0, plan.level) else None


def _kinds(entries: Sequence[Entry]) -> list[str]:
    return sorted({entry.place.kind for entry in entries})


def _fitting(recipe: Recipe, atlases: Sequence[Atlas]) -> list[Atlas]:
    """The atlases that can serve the recipe; BadInput says why none can."""
    if not 0 <= recipe.bugs <= MOST_BUGS:
        raise BadInput(f"A drill has 1 to {MOST_BUGS} bugs, not {recipe.bugs}.", "Ask for a number in between.")
    if not 0 <= recipe.level <= HARDEST:
        raise BadInput(f"Levels go from 1 to {HARDEST}; {recipe.level} is none.", "Ask for a level in between.")
    if not atlases:
        raise BadInput(
            "There is no base with a proof to make drills from.", "`torchdojo verify BASE --write` proves a base."
        )
    for kind in recipe.kinds:
        if kind not in bug_kinds():
            raise BadInput(f"There is no bug kind {kind!r}.", "`torchdojo explain` lists the kinds.")
    wanted = set(recipe.kinds)
    if recipe.bugs > len(wanted) > 0:
        raise BadInput(
            f"{recipe.bugs} bugs cannot be of {len(wanted)} {'kind' if len(wanted) == 1 else 'kinds'}: "
            "a drill has each kind once.",
            "Name more kinds, or ask for fewer bugs.",
        )
    if recipe.base:
        chosen = [atlas for atlas in atlases if atlas.base.id == recipe.base]
        if not chosen:
            known = ", ".join(atlas.base.id for atlas in atlases)
            raise BadInput(f"There is no base {recipe.base!r}.", f"There are: {known}.")
    else:
        chosen = list(atlases)
    needed = recipe.bugs or max(1, len(wanted))
    fitting = [atlas for atlas in chosen if len(atlas.kinds & wanted if wanted else atlas.kinds) >= needed]
    if not fitting:
        raise BadInput(_why_none(recipe, chosen, needed), "Leave out --base, or choose other kinds.")
    return fitting


def _why_none(recipe: Recipe, chosen: Sequence[Atlas], needed: int) -> str:
    possible = sorted({kind for atlas in chosen for kind in atlas.kinds})
    missing = sorted(set(recipe.kinds) - set(possible))
    where = f"Base {recipe.base}" if recipe.base else "No base"
    if missing and recipe.base:
        return f"{where} has no place for {', '.join(missing)}; it has places for {', '.join(possible)}."
    if missing:
        return f"{where} has a place for {', '.join(missing)}."
    if recipe.base or not recipe.kinds:
        most = max(len(atlas.kinds) for atlas in chosen)
        return f"{where if recipe.base else 'The richest base'} has places for {most} kinds, not for {needed}."
    return f"{where} has places for all of {', '.join(sorted(set(recipe.kinds)))} together."

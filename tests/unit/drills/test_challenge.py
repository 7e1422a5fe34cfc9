"""The folder of a challenge is read back like any other exercise, whichever bug is planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchdojo.drills import Recipe, read_atlas
from torchdojo.drills.atlas import Atlas, Entry
from torchdojo.drills.challenge import write_challenge
from torchdojo.drills.planning import Plan
from torchdojo.library import Library, load_exercise


def every_place() -> list[tuple[Atlas, Entry]]:
    library = Library()
    found = []
    for base in library.bases():
        proof = library.proof(base)
        assert proof is not None, base.id
        atlas = read_atlas(base, proof)
        found += [(atlas, entry) for entry in atlas.entries]
    return found


EVERYWHERE = every_place()
ONE_OF_EACH_KIND = {entry.place.kind: (atlas, entry) for atlas, entry in EVERYWHERE}


@pytest.mark.parametrize("kind", sorted(ONE_OF_EACH_KIND))
def test_a_challenge_of_any_kind_is_an_exercise(kind: str, tmp_path: Path):
    atlas, entry = ONE_OF_EACH_KIND[kind]
    recipe = Recipe(seed=3, bugs=1, kinds=(kind,), base=atlas.base.id)
    write_challenge(recipe, Plan(atlas, (entry,)), tmp_path / recipe.id)
    exercise = load_exercise(tmp_path / recipe.id)
    assert [bug.kind for bug in exercise.bugs] == [kind]
    assert exercise.prompt


@pytest.mark.parametrize("base", Library().base_names())
def test_a_challenge_is_judged_as_its_base_is(base: str, tmp_path: Path):
    atlas, entry = next((atlas, entry) for atlas, entry in EVERYWHERE if atlas.base.id == base)
    recipe = Recipe(seed=3, bugs=1, base=base)
    write_challenge(recipe, Plan(atlas, (entry,)), tmp_path / recipe.id)
    exercise = load_exercise(tmp_path / recipe.id)
    assert exercise.entries == atlas.base.entries
    assert exercise.goal == atlas.base.goal
    assert exercise.limits == atlas.base.limits
    assert exercise.decoys == atlas.base.decoys

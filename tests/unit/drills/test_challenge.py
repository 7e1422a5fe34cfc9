"""The folder of a challenge is read back like any other exercise, whichever bug is planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchdojo.drills import Recipe, read_atlas
from torchdojo.drills.atlas import Atlas, Entry
from torchdojo.drills.challenge import write_challenge
from torchdojo.drills.planning import Plan
from torchdojo.library import Library, load_exercise


def one_place_of_each_kind() -> dict[str, tuple[Atlas, Entry]]:
    library = Library()
    found: dict[str, tuple[Atlas, Entry]] = {}
    for base in library.bases():
        proof = library.proof(base)
        assert proof is not None, base.id
        atlas = read_atlas(base, proof)
        for entry in atlas.entries:
            found.setdefault(entry.place.kind, (atlas, entry))
    return found


PLACES = one_place_of_each_kind()


@pytest.mark.parametrize("kind", sorted(PLACES))
def test_a_challenge_of_any_kind_is_an_exercise(kind: str, tmp_path: Path):
    atlas, entry = PLACES[kind]
    recipe = Recipe(seed=3, bugs=1, kinds=(kind,), base=atlas.base.id)
    write_challenge(recipe, Plan(atlas, (entry,)), tmp_path / recipe.id)
    exercise = load_exercise(tmp_path / recipe.id)
    assert [bug.kind for bug in exercise.bugs] == [kind]
    assert exercise.prompt

"""From a recipe to plans: the same ones for the same recipe, within what was asked, or a message that says why not."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from torchdojo.bugs import Place
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.proof import BugProof, Proof, ProvedRun
from torchdojo.domain.report import BugState, Verdict
from torchdojo.drills import Atlas, Recipe, read_atlas
from torchdojo.drills.atlas import Effect, Entry
from torchdojo.drills.planning import plans


def base(slug: str) -> Exercise:
    return Exercise(slug, Kind.BASE, "t", slug, 2, 10, "A script.", Path("."), "train.py")


def entry(kind: str, effect: Effect = Effect.VISIBLE) -> Entry:
    return Entry(Place(kind, "train.x"), effect, (0.5, 0.6), "seen")


ATLASES = [
    Atlas(base("one"), tuple(entry(k) for k in ("missing-zero-grad", "missing-no-grad", "float64-data")), (0.9,)),
    Atlas(base("two"), tuple(entry(k) for k in ("missing-zero-grad", "missing-eval-mode")), (0.9,)),
]


def first(recipe: Recipe, number: int = 5) -> list[tuple[str, list[str]]]:
    return [(p.atlas.base.id, [str(e.place) for e in p.entries]) for p in islice(plans(recipe, ATLASES), number)]


def test_the_same_recipe_gives_the_same_plans_and_another_seed_others():
    assert first(Recipe(7)) == first(Recipe(7))
    assert any(first(Recipe(7)) != first(Recipe(seed)) for seed in range(8, 12))


def test_no_plan_comes_twice_and_each_kind_once_in_a_plan():
    found = first(Recipe(1, bugs=2), 50)
    assert len({(where, *sorted(what)) for where, what in found}) == len(found) == 4
    assert all(len(set(what)) == 2 for _, what in found)


def test_what_was_asked_for_holds():
    for plan in plans(Recipe(5, bugs=2, kinds=("missing-zero-grad", "missing-eval-mode")), ATLASES):
        assert plan.atlas.base.id == "two"
    for plan in plans(Recipe(5, base="one"), ATLASES):
        assert plan.atlas.base.id == "one"
    levels = {plan.level for plan in plans(Recipe(5, level=3), ATLASES)}
    assert levels == {3}


def test_a_bug_that_ends_the_run_is_not_planted_beside_others_if_there_are_enough_others():
    crash = entry("float64-data", Effect.CRASH)
    rich = Atlas(base("three"), (crash, *(entry(k) for k in ("missing-zero-grad", "missing-no-grad"))), (0.9,))
    assert all(crash not in plan.entries for plan in plans(Recipe(1, bugs=2), [rich]))
    assert any(crash in plan.entries for plan in plans(Recipe(1, bugs=1), [rich]))
    assert all(crash in plan.entries for plan in plans(Recipe(1, bugs=3), [rich]))
    wanted = ("float64-data", "missing-no-grad")
    assert all(crash in plan.entries for plan in plans(Recipe(1, kinds=wanted), [rich]))


def test_naming_kinds_without_a_number_plants_them_all():
    chosen = ("missing-zero-grad", "missing-no-grad")
    for plan in plans(Recipe(2, kinds=chosen), ATLASES):
        assert {e.place.kind for e in plan.entries} == set(chosen)


@pytest.mark.parametrize(
    ("recipe", "fact"),
    [
        (Recipe(1, kinds=("no-such-kind",)), "no bug kind 'no-such-kind'"),
        (Recipe(1, base="three"), "no base 'three'"),
        (Recipe(1, base="two", kinds=("float64-data",)), "no place for float64-data"),
        (Recipe(1, kinds=("loss-kept-with-graph",)), "a place for loss-kept-with-graph"),
        (Recipe(1, kinds=("float64-data", "missing-eval-mode")), "together"),
        (Recipe(1, bugs=3, kinds=("float64-data",)), "each kind once"),
        (Recipe(1, bugs=4), "not for 4"),
        (Recipe(1, bugs=1, level=5), "make level 5"),
    ],
)
def test_what_cannot_be_is_told(recipe: Recipe, fact: str):
    with pytest.raises(BadInput) as refused:
        list(plans(recipe, ATLASES))
    assert fact in refused.value.fact
    assert refused.value.cure


def test_a_crash_is_easier_and_silence_harder():
    seen = [entry("missing-zero-grad", effect).difficulty for effect in (Effect.CRASH, Effect.VISIBLE, Effect.SILENT)]
    assert seen == sorted(set(seen))


def test_only_places_that_were_seen_alone_are_in_the_atlas():
    def bug(place: str, state: BugState, others: tuple[str, ...], *verdicts: Verdict) -> BugProof:
        kind = Place.parse(place).kind
        return BugProof(place, kind, (1, 2), state, others, (0.5, 0.5), (False, False), "seen", verdicts)

    wrong, crash, passed = Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR, Verdict.PASSED
    proof = Proof(
        exercise="one",
        digest="",
        seeds=(1, 2),
        torch="",
        claims=(),
        solution=(ProvedRun(1, passed, 0.9, True, {}),),
        starter=(),
        bugs=(
            bug("missing-zero-grad@train", BugState.OPEN, (), wrong, wrong),
            bug("float64-data@make_data", BugState.OPEN, (), crash, crash),
            bug("missing-no-grad@a", BugState.OPEN, ("missing-eval-mode",), wrong, wrong),
            bug("missing-no-grad@b", BugState.NO_EVIDENCE, (), passed, passed),
            bug("missing-eval-mode@c", BugState.OPEN, (), wrong, passed),
            bug("a-kind-of-the-past@d", BugState.OPEN, (), wrong, wrong),
        ),
        right=(),
        fake=(),
    )
    atlas = read_atlas(base("one"), proof)
    assert [(str(e.place), e.effect) for e in atlas.entries] == [
        ("missing-zero-grad@train", Effect.VISIBLE),
        ("float64-data@make_data", Effect.CRASH),
    ]

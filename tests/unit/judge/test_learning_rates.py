"""Which learning rate a run has to bear, and how an optimizer is carried over."""

from __future__ import annotations

import pytest

from torchdojo.domain.trace import Trace
from torchdojo.judge.learning_rate import Recipe, recipes_of, sustained


def rates(*values):
    return [(value,) for value in values]


@pytest.mark.parametrize(
    ("course", "lowest", "highest"),
    [
        (rates(*[0.003] * 380), 0.003, 0.003),
        (rates(*[0.5] * 19, *[0.003] * 361), 0.5, 0.5),
        (rates(*[0.5] * 10, *[0.003] * 370), 0.5, 0.5),
        (rates(*[0.5 * 0.98**i for i in range(380)]), 0.2, 0.5),
        (rates(*[0.005 * min(1, (i + 1) / 100) for i in range(380)]), 0.005, 0.005),
    ],
    ids=["constant", "lowered after an epoch", "lowered after ten steps", "decayed by step", "warm-up"],
)
def test_lowering_a_rate_later_does_not_hide_it(course, lowest, highest):
    assert lowest <= sustained(course) <= highest


def test_a_course_is_stretched_to_another_number_of_steps():
    recipe = Recipe("Adam", "torch.optim.adam", {}, tuple(rates(0.1, 0.2)))
    assert recipe.stretched(4).lrs == tuple(rates(0.1, 0.1, 0.2, 0.2))


def test_holding_a_rate_keeps_the_proportions_of_the_groups():
    recipe = Recipe("Adam", "torch.optim.adam", {}, ((0.1, 0.2),))
    assert recipe.held_at(0.4).lrs[0] == pytest.approx((0.2, 0.4))


def by_hand(values):
    step = {"t": "step", "at": -1, "opt": None, "cls": "manual"}
    return Trace(tuple({**step, "lrs": [value]} for value in values))


def test_updates_by_hand_are_descent_when_they_are_one_multiple_of_the_gradient():
    (recipe,) = recipes_of(by_hand([0.2001, 0.1999] * 20))
    assert recipe is not None
    assert (recipe.cls, recipe.lrs[0]) == ("SGD", (0.2,))
    assert recipes_of(by_hand([0.2, -0.7, 3.0, 0.01] * 10)) == [None]


def test_an_optimizer_that_is_not_of_torch_cannot_be_carried_over():
    built = {"t": "optimizer", "at": -1, "opt": 0, "cls": "Mine", "module": "__main__", "hyper": {}}
    step = {"t": "step", "at": -1, "opt": 0, "cls": "Mine", "lrs": [0.1]}
    assert recipes_of(Trace((built, *[step] * 30))) == [None]


def adam(opt, lr, **settings):
    hyper = {"lr": lr, "eps": 1e-8, **settings}
    return {"t": "optimizer", "at": -1, "opt": opt, "cls": "Adam", "module": "torch.optim.adam", "hyper": hyper}


def adam_step(opt, lr):
    return {"t": "step", "at": -1, "opt": opt, "cls": "Adam", "lrs": [lr]}


def test_a_second_training_with_a_better_rate_does_not_hide_the_first():
    events = [adam(0, 0.5), *[adam_step(0, 0.5)] * 380, adam(1, 0.003), *[adam_step(1, 0.003)] * 400]
    (recipe,) = recipes_of(Trace(tuple(events)))
    assert recipe is not None
    assert sustained(recipe.lrs) == 0.5
    other = [adam(0, 0.5, eps=1e-6), *events[1:]]
    assert [r.lrs[0] for r in recipes_of(Trace(tuple(other))) if r is not None] == [(0.003,), (0.5,)]


def test_an_optimizer_built_anew_in_each_epoch_is_one_way_of_updating():
    events = [e for epoch in range(10) for e in (adam(epoch, 0.01), *[adam_step(epoch, 0.01)] * 19)]
    (recipe,) = recipes_of(Trace(tuple(events)))
    assert recipe is not None
    assert set(recipe.lrs) == {(0.01,)}


def test_a_few_steps_beside_the_training_are_left_out():
    events = [adam(0, 0.003), *[adam_step(0, 0.003)] * 380, adam(1, 0.5, eps=1e-6), *[adam_step(1, 0.5)] * 10]
    assert len(recipes_of(Trace(tuple(events)))) == 1

"""Losses are sorted into training and evaluation while the run goes on."""

from __future__ import annotations

from torchdojo.judge.curves import MOST_POINTS, CurveReader


def loss(forward, value, **fields):
    return {
        "t": "loss",
        "id": 0,
        "name": "cross_entropy",
        "shape": [2, 3],
        "forward": forward,
        "value": value,
        **fields,
    }


def trained(forward, value):
    step = {"t": "step", "opt": 0, "cls": "SGD", "lrs": [0.1]}
    return [loss(forward, value), {"t": "backward", "forwards": [forward], "value": value}, step]


def test_training_and_evaluation_losses_go_to_their_own_curves():
    seen = []
    reader = CurveReader(lambda *point: seen.append(point))
    reader.feed([*trained(0, 1.0), *trained(1, 0.8)])
    reader.feed([loss(2, 0.6, weight=30, accuracy=0.5), loss(3, 0.9, weight=10, accuracy=0.9)])
    reader.feed(trained(4, 0.7))
    assert reader.points["train_loss"] == [(0.0, 1.0), (1.0, 0.8), (2.0, 0.7)]
    assert reader.points["val_loss"] == [(2.0, 0.675)]
    assert reader.points["val_accuracy"] == [(2.0, 0.6)]
    assert ("val_accuracy", 2.0, 0.6) in seen


def test_an_evaluation_after_the_last_step_is_not_lost():
    reader = CurveReader()
    reader.feed([*trained(0, 1.0), loss(1, 0.4), {"t": "end", "how": "finished"}])
    assert reader.points["val_loss"] == [(1.0, 0.4)]


def test_a_long_curve_is_thinned_out_and_holds_only_finite_numbers():
    reader = CurveReader()
    for i in range(1000):
        reader.feed(trained(i, float("nan") if i % 2 else 1.0))
    (curve,) = reader.curves()
    assert 100 < len(curve.x) <= MOST_POINTS
    assert set(curve.y) == {1.0}

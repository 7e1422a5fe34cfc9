"""Gradients are explained by the loss that made them and by what was left from the step before."""

from __future__ import annotations

import pytest
import torch

from torchdojo.checkers.gradients import explain, gradient_of
from torchdojo.checkers.losses import FAULTY_ERRORS, FAULTY_SCORES, SOUND_ERRORS, of_scores


@pytest.fixture
def classifier():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))


def gradient(model, x, y, loss):
    return gradient_of(model, model.state_dict(), x, y, loss, sorted(dict(model.named_parameters())))


@pytest.fixture
def batch():
    torch.manual_seed(1)
    return 3 * torch.randn(64, 2), torch.randint(0, 3, (64,))


def test_a_scaled_gradient_is_still_the_same_loss(classifier, batch):
    sound = gradient(classifier, *batch, of_scores)
    assert explain(5 * sound, [sound], None).fits


@pytest.mark.parametrize("name", FAULTY_SCORES)
def test_a_squashed_loss_is_not_explained_by_the_sound_one(classifier, batch, name):
    sound, faulty = gradient(classifier, *batch, of_scores), gradient(classifier, *batch, FAULTY_SCORES[name])
    assert not explain(faulty, [sound], None).fits
    assert explain(faulty, [faulty], None).fits


@pytest.mark.parametrize("left", [1.0, 0.5, 0.1])
def test_what_was_left_from_the_step_before_is_measured(classifier, batch, left):
    before = gradient(classifier, batch[0].flip(0), batch[1], of_scores)
    now = gradient(classifier, *batch, of_scores)
    found = explain(now + left * before, [now], before)
    assert found.fits
    assert found.carried == pytest.approx(left, abs=1e-3)
    assert explain(now, [now], before).carried == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("kind", range(len(SOUND_ERRORS)))
def test_a_loss_over_all_pairs_is_told_from_one_over_rows(kind):
    torch.manual_seed(2)
    model, x, y = torch.nn.Linear(1, 1), torch.randn(32, 1), torch.randn(32, 1)
    sound, pairs = gradient(model, x, y, SOUND_ERRORS[kind]), gradient(model, x, y, FAULTY_ERRORS[kind])
    assert not torch.allclose(sound, pairs, rtol=1e-2)


def test_parts_that_cannot_be_told_apart_give_no_explanation(classifier, batch):
    sound = gradient(classifier, *batch, of_scores)
    assert explain(sound, [sound], 2 * sound) is None
    assert explain(torch.zeros_like(sound), [sound], None) is None

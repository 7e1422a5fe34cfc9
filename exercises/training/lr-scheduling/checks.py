import json
import math

import pytest
import torch

import support
from torchdojo.checkers import assert_close, assert_equal, assert_type


def lrs(optimizer):
    return [group["lr"] for group in optimizer.param_groups]


def f(t, w, n, r):
    """The formula of the task."""
    if t >= n:
        return float(r)
    return (t + 1) / w if t < w else r + (1 - r) / 2 * (1 + math.cos(math.pi * (t - w) / (n - w)))


@pytest.mark.parametrize("steps", [(4, 10), (1, 5), (100, 1000)], ids=["4 of 10", "1 of 5", "100 of 1000"])
def test_warm_up_is_a_straight_line(submission, steps):
    """The first step trains with 1/W of the rate, not with 0, and step W - 1 with all of it."""
    warmup, total = steps
    for t in {0, warmup // 2, warmup - 1}:
        got = submission.warmup_cosine(t, warmup, total)
        assert_close(got, float(f(t, warmup, total, 0.0)), label=f"the factor at step {t}")


@pytest.mark.parametrize("ratio", [0.0, 0.1])
def test_decay_is_half_a_cosine(submission, ratio):
    """Progress runs from 0 at the end of the warm-up to 1 at total_steps, and the wave from 1 down to min_ratio."""
    assert_close(submission.warmup_cosine(20, 20, 120, ratio), 1.0, label="the factor where the decay begins")
    assert_close(submission.warmup_cosine(70, 20, 120, ratio), (1 + ratio) / 2, label="the factor half-way down")
    for t in (21, 45, 99, 119):
        got = submission.warmup_cosine(t, 20, 120, ratio)
        assert_close(got, f(t, 20, 120, ratio), label=f"the factor at step {t}")


@pytest.mark.parametrize("ratio", [0.0, 0.25])
def test_after_the_end_it_stays_down(submission, ratio):
    """From total_steps on the factor is min_ratio: a cosine left alone would rise again."""
    for t in (12, 13, 20, 1000):
        got = submission.warmup_cosine(t, 4, 12, ratio)
        assert_type(got, float, "the factor")
        assert_close(got, ratio, label=f"the factor at step {t}")
    assert_close(submission.warmup_cosine(12, 4, 12), 0.0, label="the factor at the end, without a min_ratio")


@pytest.mark.parametrize("steps", [(0, 4), (4, 4), (0, 0)], ids=["no warm-up", "no decay", "nothing"])
def test_no_division_by_zero(submission, steps):
    """Without a warm-up there is nothing to divide by W, and without a decay nothing by T - W."""
    warmup, total = steps
    for t in range(7):
        got = submission.warmup_cosine(t, warmup, total, 0.5)
        assert_close(got, float(f(t, warmup, total, 0.5)), label=f"the factor at step {t}")


@pytest.mark.parametrize("steps", [(-1, 5), (6, 5)], ids=["-1 of 5", "6 of 5"])
def test_impossible_lengths_are_refused(submission, steps):
    """A warm-up below 0 or longer than the whole raises a ValueError, in the function and in the constructor."""
    with pytest.raises(ValueError):
        submission.warmup_cosine(0, *steps)
    with pytest.raises(ValueError):
        submission.WarmupCosine(submission.support.optimizer([0.1]), *steps)


def test_rates_follow_a_schedule_of_ready_made_parts(submission):
    """Construction sets the rate of step 0, and each step() the next one: a linear and a cosine schedule in a row do the same."""
    theirs, ours = submission.support.optimizer([0.8]), support.optimizer([0.8])
    scheduler = submission.WarmupCosine(theirs, 3, 11, 0.1)
    plain = support.plain_scheduler(ours, 3, 11, 0.08)
    for t in range(11):
        assert_close(lrs(theirs), lrs(ours), label=f"the rates at step {t}")
        ours.step()
        scheduler.step()
        plain.step()


@pytest.mark.parametrize("kind", ["SGD", "AdamW"])
def test_every_group_has_its_own_base_rate(submission, kind):
    """Multiply each group's base rate; do not give all groups the same one, and do not multiply what is already reduced."""
    bases = [0.5, 0.02, 1.0]
    optimizer = submission.support.optimizer(bases, kind)
    scheduler = submission.WarmupCosine(optimizer, 2, 8, 0.2)
    for t in range(10):
        expected = [base * f(t, 2, 8, 0.2) for base in bases]
        assert_close(lrs(optimizer), expected, label=f"the rates at step {t}")
        assert_close(scheduler.get_last_lr(), expected, label=f"get_last_lr() at step {t}")
        scheduler.step()


def test_state_is_made_of_plain_values(submission):
    """Tensors, or the optimizer itself, do not belong in the state: numbers, strings, lists and dicts do."""
    scheduler = submission.WarmupCosine(submission.support.optimizer([0.5, 0.1]), 2, 8)
    scheduler.step()
    state = scheduler.state_dict()
    assert_type(state, dict, "the state")
    try:
        json.dumps(state)
    except TypeError as error:
        raise AssertionError(f"the state holds something else: {error}") from None


@pytest.mark.parametrize("steps", [1, 5, 9], ids=["in the warm-up", "in the decay", "after the end"])
def test_resuming_goes_on_exactly(submission, steps):
    """The base rates belong in the state: a resumed optimizer arrives with the reduced ones, and they would be reduced again."""
    bases = [0.5, 0.02]
    first = submission.support.optimizer(bases)
    scheduler = submission.WarmupCosine(first, 3, 8, 0.1)
    for _ in range(steps):
        scheduler.step()
    state = scheduler.state_dict()
    second = submission.support.optimizer([7.0, 7.0])
    second.load_state_dict(first.state_dict())
    resumed = submission.WarmupCosine(second, 3, 8, 0.1)
    resumed.load_state_dict(state)
    for t in range(steps, 11):
        expected = [base * f(t, 3, 8, 0.1) for base in bases]
        assert_close(lrs(second), expected, label=f"the rates at step {t}")
        assert_close(resumed.get_last_lr(), expected, label=f"get_last_lr() at step {t}")
        resumed.step()


def test_saved_state_does_not_move(submission):
    """A state saved at step 2 still leads to step 2 after more steps: return copies, not the living dict."""
    optimizer = submission.support.optimizer([0.5])
    scheduler = submission.WarmupCosine(optimizer, 1, 8)
    scheduler.step()
    scheduler.step()
    for _ in range(2):
        submission.support.there_and_back(scheduler, 3)
        assert_close(lrs(optimizer), [0.5 * f(2, 1, 8, 0.0)], label="the rates after going on and back to step 2")

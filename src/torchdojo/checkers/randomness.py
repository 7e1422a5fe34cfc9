"""Random results: repeatable where they must be, and with the right frequencies, at a stated risk of false alarm."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchdojo.checkers.closeness import assert_close
from torchdojo.checkers.failures import CheckFailed

#: The chance that a right answer fails one of these checks.
FALSE_ALARM = 1e-9

#: Counts that chance alone brings about more often than this look right at first sight.
_CLEARLY = 0.05


def assert_deterministic(call: Callable[[], Any], *, times: int = 2, label: str = "the result") -> None:
    """Fails when `call()` gives another result the next time, to the last bit."""
    first = call()
    for _ in range(times - 1):
        try:
            assert_close(call(), first, label=label, rtol=0.0, atol=0.0)
        except AssertionError as error:
            raise CheckFailed(f"Called twice with the same input, {label} differs. {error}") from None


def assert_frequency(
    hits: int, trials: int, probability: float, *, label: str = "it happens", false_alarm: float = FALSE_ALARM
) -> None:
    """Fails when `hits` out of `trials` is too far from `probability` (Bernstein's bound at `false_alarm`)."""
    log = math.log(2 / false_alarm)
    spread = math.sqrt(2 * probability * (1 - probability) * log / trials) + 2 * log / (3 * trials)
    share = hits / trials
    if not abs(share - probability) <= spread:
        raise CheckFailed(
            f"In {share:.4g} of {trials} cases {label}, expected {probability:.4g} "
            f"(chance alone stays within {spread:.2g})."
        )


def assert_shares(
    draw: Callable[[int], Sequence[int]],
    shares: Sequence[float],
    *,
    few: int = 400,
    many: int = 1500,
    label: str = "it happens",
    false_alarm: float = FALSE_ALARM,
) -> None:
    """Fails when the kinds of outcome come with other probabilities than `shares`, which add up to 1.

    `draw(n)` makes n new trials and returns how often each kind came. `few` trials are enough where they look right,
    as they do for nineteen right answers in twenty; otherwise `many` more decide, those alone.
    """
    if _chance(draw(few), shares) > _CLEARLY:
        return
    for hits, share in zip(draw(many), shares, strict=True):
        assert_frequency(hits, many, share, label=label, false_alarm=false_alarm)


def _chance(counts: Sequence[int], shares: Sequence[float]) -> float:
    """The chance of counts at least as odd as these (Pearson's chi-squared test)."""
    trials = sum(counts)
    if any(count and not share for count, share in zip(counts, shares, strict=True)):
        return 0.0
    due = [(count, trials * share) for count, share in zip(counts, shares, strict=True) if share]
    oddness = sum((count - expected) ** 2 / expected for count, expected in due)
    if len(due) < 2:
        return 1.0
    half = torch.tensor([(len(due) - 1) / 2, oddness / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(half[0], half[1]))


def assert_distribution(
    samples: torch.Tensor,
    *,
    mean: float | None = None,
    std: float | None = None,
    low: float | None = None,
    high: float | None = None,
    label: str = "the samples",
    false_alarm: float = FALSE_ALARM,
) -> None:
    """Fails when mean, standard deviation or range of `samples` (any shape, at least 1000 values) are off.

    Mean and deviation are taken as normally distributed, which holds for many samples of light tails. A bound
    may be passed by what rounding to the samples' dtype explains.
    """
    values = samples.detach().double().reshape(-1)
    count = values.numel()
    if count < 1000:
        raise ValueError("a distribution is judged on at least 1000 values")
    if not bool(torch.isfinite(values).all()):
        raise CheckFailed(f"{label[:1].upper() + label[1:]} hold NaN or an infinity.")
    width = _quantile(false_alarm)
    found_mean, found_std = float(values.mean()), float(values.std())
    # A float32 of 0.1 is larger than 0.1, and it is drawn: of 300,000 values once in fifty times.
    room = 4 * torch.finfo(samples.dtype).eps if samples.is_floating_point() else 0.0
    if low is not None and float(values.min()) < low - room * abs(low):
        raise CheckFailed(f"The smallest of {label} is {float(values.min()):.6g}, below {low:.6g}.")
    if high is not None and float(values.max()) > high + room * abs(high):
        raise CheckFailed(f"The largest of {label} is {float(values.max()):.6g}, above {high:.6g}.")
    if mean is not None:
        spread = width * (std if std is not None else found_std) / math.sqrt(count)
        if not abs(found_mean - mean) <= spread:
            raise CheckFailed(
                f"The mean of {label} is {found_mean:.4g}, expected {mean:.4g} (chance alone: +-{spread:.2g})."
            )
    if std is not None:
        kurtosis = float(((values - found_mean) ** 4).mean()) / max(found_std**4, 1e-300)
        spread = width * std * math.sqrt(max(kurtosis - 1, 0.1) / (4 * count))
        if not abs(found_std - std) <= spread:
            raise CheckFailed(
                f"The standard deviation of {label} is {found_std:.4g}, expected {std:.4g} "
                f"(chance alone: +-{spread:.2g})."
            )


def _quantile(false_alarm: float) -> float:
    return math.sqrt(2) * float(torch.erfinv(torch.tensor(1 - false_alarm, dtype=torch.float64)))

"""Learning rates: real schedulers are stepped on a real optimizer."""

import math

import torch
from torch.optim import lr_scheduler as schedulers

from torchdojo.domain.asking import decimal

UNIT = 1e6


def question(rng, level):
    kind = rng.choice({1: [step, cosine], 2: [step, cosine, warm_up, exponential], 3: [warm_cosine, one_cycle, cosine]}[level])
    rate = rng.choice([1e-3, 3e-4, 5e-4, 2e-3, 1e-2])
    return kind(rng, rate, level)


def asked(text, rate, make, steps, right, working, mistakes):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler = make(optimizer)
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
    return decimal(
        f"{text} What is the learning rate after {steps} steps, in millionths (1e-6)?",
        answer=optimizer.param_groups[0]["lr"] * UNIT,
        formula=right * UNIT,
        working=f"{working} = {right:.4g}, that is {right * UNIT:.2f} millionths.",
        decimals=2,
        mistakes=[(value * UNIT, mistake) for value, mistake in mistakes],
    )


def step(rng, rate, level):
    size, gamma, t = rng.choice([10, 20, 30]), rng.choice([0.1, 0.5, 0.3]), rng.randint(5, 95)
    times = t // size
    return asked(
        f"`StepLR(optimizer, step_size={size}, gamma={gamma})` on lr={rate}.", rate,
        lambda o: schedulers.StepLR(o, size, gamma), t, rate * gamma**times,
        f"{rate} × {gamma}^floor({t} / {size}) = {rate} × {gamma}^{times}",
        [
            (rate * gamma ** (times + 1), "one decay too many is made"),
            (rate * gamma ** max(0, times - 1), "one decay too few is made"),
            (rate * gamma ** (t / size), "the decay is taken to be smooth"),
            (rate * (1 - gamma) ** times, "1 − gamma is kept at each decay"),
        ],
    )


def exponential(rng, rate, level):
    gamma, t = rng.choice([0.9, 0.95, 0.99]), rng.randint(2, 40)
    return asked(
        f"`ExponentialLR(optimizer, gamma={gamma})` on lr={rate}.", rate,
        lambda o: schedulers.ExponentialLR(o, gamma), t, rate * gamma**t, f"{rate} × {gamma}^{t}",
        [
            (rate * gamma ** (t - 1), "one step too few is counted"),
            (rate * gamma ** (t + 1), "one step too many is counted"),
            (rate * (1 - (1 - gamma) * t), "the decay is taken to be linear"),
        ],
    )


def wave(rate, low, t, total):
    return low + (rate - low) * (1 + math.cos(math.pi * t / total)) / 2


def cosine(rng, rate, level):
    total, low = rng.choice([50, 100, 120]), 0.0 if level == 1 else rng.choice([0.0, rate / 10, rate / 100])
    t = rng.randint(5, total - 5) if level < 3 else rng.randint(total + 5, total + 40)
    return asked(
        f"`CosineAnnealingLR(optimizer, T_max={total}, eta_min={low:g})` on lr={rate}.", rate,
        lambda o: schedulers.CosineAnnealingLR(o, total, low), t, wave(rate, low, t, total),
        f"{low:g} + ({rate} − {low:g}) × (1 + cos(π × {t} / {total})) / 2",
        [
            (low, "the rate is taken to stay at its minimum after T_max"),
            (wave(rate, 0, t, total), "eta_min is left out"),
            (low + (rate - low) * (1 - t / total), "the decay is taken to be linear"),
            (low + (rate - low) * abs(math.cos(math.pi * t / total / 2)), "the cosine itself is taken, not (1 + cos) / 2"),
            (rate - wave(rate, low, t, total) + low, "the curve is turned upside down"),
            (rate, "the rate is taken not to change"),
        ],
    )


def warm_up(rng, rate, level):
    start, total = rng.choice([0.1, 0.25, 0.5, 0.01]), rng.choice([10, 20, 50])
    t = rng.randint(1, total + 5)
    share = start + (1 - start) * min(t, total) / total
    return asked(
        f"`LinearLR(optimizer, start_factor={start}, total_iters={total})` on lr={rate}.", rate,
        lambda o: schedulers.LinearLR(o, start, 1.0, total), t, rate * share,
        f"{rate} × ({start} + (1 − {start}) × {min(t, total)} / {total})",
        [
            (rate * min(t, total) / total, "the start factor is left out"),
            (rate * start, "the rate is taken to stay at its start"),
            (rate * (start + t / total), "the start factor is added to the whole rise"),
            (rate * (start + (1 - start) * (t + 1) / total), "one step too many is counted"),
            (rate, "the warm-up is taken to be over"),
        ],
    )


def warm_cosine(rng, rate, level):
    start, warm, total = 0.1, rng.choice([10, 20]), rng.choice([60, 110, 120])
    t = rng.randint(2, total - 2)
    rest = total - warm
    if t < warm:
        right, working = rate * (start + (1 - start) * t / warm), f"Warm-up: {rate} × ({start} + {1 - start} × {t} / {warm})"
    else:
        right, working = wave(rate, 0, t - warm, rest), f"Cosine: {rate} × (1 + cos(π × ({t} − {warm}) / {rest})) / 2"
    return asked(
        f"`SequentialLR` on lr={rate}: `LinearLR(start_factor={start}, total_iters={warm})`, then from step {warm} on "
        f"`CosineAnnealingLR(T_max={rest})`.", rate,
        lambda o: schedulers.SequentialLR(o, [schedulers.LinearLR(o, start, 1.0, warm), schedulers.CosineAnnealingLR(o, rest)], [warm]),
        t, right, working,
        [
            (wave(rate, 0, t, rest), "the cosine is taken to count from the first step"),
            (wave(rate, 0, t, total), "the warm-up is left out"),
            (rate, "the rate is taken to stay"),
            (rate * min(1, t / warm) if t < warm else wave(rate, 0, t - warm, total), "the start factor, or the shorter cosine, is left out"),
        ],
    )


def one_cycle(rng, rate, level):
    total, first = rng.choice([100, 200]), rng.choice([0.3, 0.25, 0.1])
    t = rng.randint(2, total - 2)
    start, end, top = rate / 25, rate / 25 / 1e4, first * total - 1
    if t <= top:
        right, working = wave(start, rate, t, top), f"Rise from {start:g} to {rate}: {rate} + ({start:g} − {rate}) × (1 + cos(π × {t} / {top:g})) / 2"
    else:
        span = total - 1 - top
        right, working = wave(rate, end, t - top, span), f"Fall from {rate} to {end:g}: {end:g} + ({rate} − {end:g}) × (1 + cos(π × {t - top:g} / {span:g})) / 2"
    return asked(
        f"`OneCycleLR(optimizer, max_lr={rate}, total_steps={total}, pct_start={first})`, all else as it comes (div_factor 25, "
        "final_div_factor 1e4, cosine).", 0.1,
        lambda o: schedulers.OneCycleLR(o, rate, total_steps=total, pct_start=first), t, right, working,
        [
            (start + (rate - start) * t / top if t <= top else rate * (1 - (t - top) / (total - top)), "the way is taken to be linear"),
            (rate, "the maximum is taken to be there already"),
            (start, "the rate is taken to stay at its start"),
            (wave(rate, 0, t, total), "a plain cosine is taken"),
            (0.1, "the optimizer's own rate is taken to hold"),
        ],
    )

"""Draws schedules.svg: four learning-rate schedules over 100 steps, as PyTorch computes them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch.optim import SGD
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, LRScheduler, OneCycleLR, SequentialLR, StepLR

STEPS = 100
WIDTH, HEIGHT = 300, 150


def optimizer() -> SGD:
    return SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


def warm_up_then_cosine(of: SGD) -> SequentialLR:
    parts = [LinearLR(of, start_factor=0.1, total_iters=10), CosineAnnealingLR(of, T_max=90)]
    return SequentialLR(of, parts, milestones=[10])


def rates(make: Callable[[SGD], LRScheduler]) -> list[float]:
    of = optimizer()
    schedule = make(of)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SequentialLR calls its parts in a way that they warn about.
        for step in range(STEPS):
            found.append(of.param_groups[0]["lr"])
            of.step()
            if step < STEPS - 1:
                schedule.step()
    return found


PANELS = [
    ("StepLR: step_size 30, gamma 0.3", lambda of: StepLR(of, step_size=30, gamma=0.3)),
    ("Cosine, T_max 70: it rises again", lambda of: CosineAnnealingLR(of, T_max=70)),
    ("Warm-up, then cosine", warm_up_then_cosine),
    ("OneCycleLR: max_lr 1", lambda of: OneCycleLR(of, max_lr=1.0, total_steps=STEPS)),
]


def panel(title: str, values: list[float], left: int, top: int) -> str:
    points = " ".join(
        f"{left + 30 + step * (WIDTH - 50) / (STEPS - 1):.1f},{top + HEIGHT - 25 - value * (HEIGHT - 60):.1f}"
        for step, value in enumerate(values)
    )
    base, ceiling, right = top + HEIGHT - 25, top + 35, left + WIDTH - 20
    return (
        f'<text x="{left + 30}" y="{top + 20}" font-size="13">{title}</text>'
        f'<path d="M{left + 30} {ceiling - 5} V{base} H{right}" fill="none" stroke="currentColor"/>'
        f'<path d="M{left + 30} {ceiling} H{right}" fill="none" stroke="currentColor" stroke-opacity="0.25"/>'
        f'<text x="{left + 24}" y="{ceiling + 4}" font-size="11" text-anchor="end">1</text>'
        f'<text x="{left + 24}" y="{base + 4}" font-size="11" text-anchor="end">0</text>'
        f'<text x="{right}" y="{base + 15}" font-size="11" text-anchor="end">step 99</text>'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>'
    )


def drawing() -> str:
    panels = [
        panel(title, rates(make), (place % 2) * WIDTH, (place // 2) * HEIGHT)
        for place, (title, make) in enumerate(PANELS)
    ]
    inside = "\n".join(panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {2 * HEIGHT}" '
        f'font-family="sans-serif" fill="currentColor">\n{inside}\n</svg>\n'
    )


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(drawing(), encoding="utf-8")

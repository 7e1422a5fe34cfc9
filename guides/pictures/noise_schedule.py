"""Draws noise-schedule.svg: how much of the signal's variance is left at each step of two noise schedules."""

from __future__ import annotations

import math
from pathlib import Path

TARGET = Path(__file__).with_name("noise-schedule.svg")
STEPS = 1000
LEFT, TOP, WIDTH, HEIGHT = 60, 36, 520, 240


def linear() -> list[float]:
    """The product of 1 - beta, beta rising evenly from 1e-4 to 0.02 (DDPM)."""
    left, values = 1.0, []
    for step in range(STEPS):
        left *= 1 - (1e-4 + (0.02 - 1e-4) * step / (STEPS - 1))
        values.append(left)
    return values


def cosine(offset: float = 0.008) -> list[float]:
    """A squared cosine, 1 at the beginning (improved DDPM)."""

    def height(share: float) -> float:
        return math.cos((share + offset) / (1 + offset) * math.pi / 2) ** 2

    return [height((step + 1) / STEPS) / height(0) for step in range(STEPS)]


def curve(values: list[float], dashes: str) -> str:
    """Every tenth value as a line."""
    places = [
        f"{LEFT + WIDTH * step / (STEPS - 1):.1f} {TOP + HEIGHT * (1 - values[step]):.1f}"
        for step in [*range(0, STEPS, 10), STEPS - 1]
    ]
    path = "M" + " L".join(places)
    return f'<path d="{path}" stroke="currentColor" stroke-width="2" fill="none"{dashes}/>'


def text(x: float, y: float, said: str, anchor: str) -> str:
    """A line of text."""
    return f'<text x="{x}" y="{y}" font-size="13" text-anchor="{anchor}" fill="currentColor">{said}</text>'


def main() -> None:
    """Write the picture beside this program."""
    bottom = TOP + HEIGHT
    parts = [f'<path d="M{LEFT} {TOP} V{bottom} H{LEFT + WIDTH}" stroke="currentColor" fill="none"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = LEFT + WIDTH * share, bottom - HEIGHT * share
        parts.append(f'<path d="M{x} {bottom} v5 M{LEFT} {y} h-5" stroke="currentColor" fill="none"/>')
        parts.append(text(x, bottom + 20, f"{STEPS * share:.0f}", "middle"))
        parts.append(text(LEFT - 9, y + 5, f"{share:g}", "end"))
    parts.append(text(LEFT + WIDTH / 2, bottom + 40, "step t", "middle"))
    parts.append(text(4, 18, "ᾱ, the signal's share of the variance", "start"))
    parts.append(curve(linear(), "") + text(LEFT + 84, 176, "linear β", "start"))
    parts.append(curve(cosine(), ' stroke-dasharray="7 5"') + text(LEFT + 300, 140, "cosine", "start"))
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 324" font-family="sans-serif">'
    TARGET.write_text("\n".join([head, *parts, "</svg>"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

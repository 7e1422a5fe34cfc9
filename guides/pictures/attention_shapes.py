"""Draws attention-shapes.svg: the shapes of tensors on their way through multi-head attention."""

from __future__ import annotations

from pathlib import Path

TARGET = Path(__file__).with_name("attention-shapes.svg")
WIDTH, HEIGHT = 150, 46
#: Left edge, top edge, name, shape.
BOXES = [
    (170, 4, "x", "(B, L, E)"),
    (4, 84, "q = x Wq", "(B, L, E)"),
    (170, 84, "k = x Wk", "(B, L, E)"),
    (336, 84, "v = x Wv", "(B, L, E)"),
    (4, 164, "q by heads", "(B, H, L, D)"),
    (170, 164, "k by heads", "(B, H, L, D)"),
    (336, 164, "v by heads", "(B, H, L, D)"),
    (87, 244, "softmax(q kᵀ/√D)", "(B, H, L, L)"),
    (212, 324, "weights · v", "(B, H, L, D)"),
    (212, 404, "merged", "(B, L, E)"),
    (212, 484, "merged · Wo", "(B, L, E)"),
]
#: From box to box, by their numbers.
WAYS = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 5), (3, 6), (4, 7), (5, 7), (7, 8), (6, 8), (8, 9), (9, 10)]
#: What has happened in a row: the baseline, the text.
NOTES = [
    (112, "three projections"),
    (184, "E split into H·D,"),
    (201, "axes L and H swapped"),
    (272, "each row sums to 1"),
    (352, "a mean of values"),
    (432, "swapped back, H·D = E"),
    (512, "mixes the heads"),
]


def text(x: float, y: float, said: str, anchor: str = "middle") -> str:
    """A line of text."""
    return f'<text x="{x}" y="{y}" font-size="14" text-anchor="{anchor}" fill="currentColor">{said}</text>'


def box(left: int, top: int, name: str, shape: str) -> str:
    """A tensor: its name above its shape."""
    frame = (
        f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="5" stroke="currentColor"'
        ' fill="currentColor" fill-opacity="0.07"/>'
    )
    middle = left + WIDTH / 2
    return frame + text(middle, top + 19, name) + text(middle, top + 38, shape)


def arrow(start: int, end: int) -> str:
    """From the lower side of one box to the upper side of another."""
    x, y = BOXES[start][0] + WIDTH / 2, BOXES[start][1] + HEIGHT
    to_x, to_y = BOXES[end][0] + WIDTH / 2, BOXES[end][1]
    if x != to_x:  # two ways into one box arrive beside each other
        to_x += 14 if x > to_x else -14
    line = f'<path d="M{x} {y} L{to_x} {to_y - 7}" stroke="currentColor" fill="none"/>'
    return line + f'<path d="M{to_x} {to_y} l-4 -8 h8 z" fill="currentColor"/>'


def main() -> None:
    """Write the picture beside this program."""
    parts = [arrow(*way) for way in WAYS] + [box(*each) for each in BOXES]
    parts += [text(510, y, said, "start") for y, said in NOTES]
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 534" font-family="sans-serif">'
    TARGET.write_text("\n".join([head, *parts, "</svg>"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

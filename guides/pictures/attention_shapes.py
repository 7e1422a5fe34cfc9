"""Draws attention-shapes.svg: the shapes of tensors on their way through multi-head attention."""

from __future__ import annotations

from pathlib import Path

TARGET = Path(__file__).with_name("attention-shapes.svg")
WIDTH, HEIGHT = 124, 44
#: Left edge, top edge, name, shape.
BOXES = [
    (4, 104, "x", "(B, L, E)"),
    (160, 24, "q = x Wq", "(B, L, E)"),
    (160, 104, "k = x Wk", "(B, L, E)"),
    (160, 184, "v = x Wv", "(B, L, E)"),
    (316, 24, "q by heads", "(B, H, L, D)"),
    (316, 104, "k by heads", "(B, H, L, D)"),
    (316, 184, "v by heads", "(B, H, L, D)"),
    (472, 64, "softmax(q kᵀ/√D)", "(B, H, L, L)"),
    (628, 124, "weights · v", "(B, H, L, D)"),
    (784, 124, "merged", "(B, L, E)"),
    (940, 124, "times Wo", "(B, L, E)"),
]
#: From box to box, by their numbers.
WAYS = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 5), (3, 6), (4, 7), (5, 7), (7, 8), (6, 8), (8, 9), (9, 10)]
#: What happens on a stretch of the way: the middle of the text, its baseline, the text.
NOTES = [
    (222, 256, "three projections"),
    (378, 256, "E = H·D split, axes swapped"),
    (534, 256, "softmax over the last axis"),
    (846, 256, "axes swapped back, then merged"),
]


def text(x: float, y: float, said: str, size: int) -> str:
    """A line of text, centred."""
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="middle" fill="currentColor">{said}</text>'


def box(left: int, top: int, name: str, shape: str) -> str:
    """A tensor: its name above its shape."""
    frame = (
        f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="5" stroke="currentColor"'
        ' fill="currentColor" fill-opacity="0.07"/>'
    )
    middle = left + WIDTH / 2
    return frame + text(middle, top + 18, name, 13) + text(middle, top + 36, shape, 13)


def arrow(start: int, end: int) -> str:
    """From the right side of one box to the left side of another."""
    x, y = BOXES[start][0] + WIDTH, BOXES[start][1] + HEIGHT / 2
    to_x, to_y = BOXES[end][0], BOXES[end][1] + HEIGHT / 2
    if y != to_y:  # two ways into one box arrive beside each other
        to_y += 9 if y > to_y else -9
    line = f'<path d="M{x} {y} L{to_x - 7} {to_y}" stroke="currentColor" fill="none"/>'
    return line + f'<path d="M{to_x} {to_y} l-8 -4 v8 z" fill="currentColor"/>'


def main() -> None:
    """Write the picture beside this program."""
    parts = [arrow(*way) for way in WAYS] + [box(*each) for each in BOXES]
    parts += [text(x, y, said, 12) for x, y, said in NOTES]
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1068 268" font-family="sans-serif">'
    TARGET.write_text("\n".join([head, *parts, "</svg>"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

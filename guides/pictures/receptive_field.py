"""Draws receptive-field.svg: which input places one output place sees, for three layers of width 3."""

from __future__ import annotations

from pathlib import Path

CELL, GAP, ROW = 20, 4, 58
TARGET = Path(__file__).with_name("receptive-field.svg")


def seen(strides: list[int], width: int) -> list[tuple[int, list[int]]]:
    """For each row from the input up: how many places it has, and which of them the middle of the top row sees."""
    sizes = [width]
    for stride in strides:
        sizes.append((sizes[-1] - 3) // stride + 1)
    marked = [sizes[-1] // 2]
    rows = [(sizes[-1], marked)]
    for stride, size in zip(reversed(strides), reversed(sizes[:-1]), strict=True):
        marked = sorted({place * stride + offset for place in marked for offset in range(3)})
        rows.append((size, marked))
    return rows[::-1]


def half(title: str, strides: list[int], width: int, left: int) -> list[str]:
    out = [f'<text x="{left}" y="18" font-size="13">{title}</text>']
    rows = seen(strides, width)
    step, jump = CELL + GAP, 1
    shift = 0.0  # where the first place of a row stands, in input places
    middles: list[tuple[int, dict[int, float]]] = []
    for level, (size, marked) in enumerate(rows):
        if level:
            shift += jump
            jump *= strides[level - 1]
        top = 40 + (len(rows) - 1 - level) * ROW
        middles.append((top, {}))
        for place in range(size):
            x = left + (shift + place * jump) * step
            shown = place in marked
            middles[-1][1][place] = x + CELL / 2
            out.append(
                f'<rect x="{x:.0f}" y="{top}" width="{CELL}" height="{CELL}" stroke="currentColor" '
                f'fill="currentColor" fill-opacity="{0.55 if shown else 0.05}"/>'
            )
        if level:
            below_top, below = middles[level - 1]
            for place in marked:
                for offset in (0, 2):
                    end = below[place * strides[level - 1] + offset]
                    out.append(
                        f'<path d="M{middles[-1][1][place]:.0f} {top + CELL} L{end:.0f} {below_top}" '
                        'stroke="currentColor" stroke-opacity="0.6"/>'
                    )
        out.append(f'<text x="{left + width * step + 6}" y="{top + 15}" font-size="12">{len(marked)}</text>')
    return out


def drawing() -> str:
    width = 11
    lines = half("stride 1, 1, 1: the field is 7", [1, 1, 1], width, 10)
    lines += half("stride 1, 2, 1: the field is 9", [1, 2, 1], width, 10 + width * (CELL + GAP) + 50)
    inside = "\n".join(lines)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 250" font-family="sans-serif" '
        f'fill="currentColor">\n{inside}\n</svg>\n'
    )


if __name__ == "__main__":
    TARGET.write_text(drawing(), encoding="utf-8")

"""Draws conv-stack.svg: the shapes of a small convolutional network, from image to logits."""

from __future__ import annotations

from pathlib import Path

TARGET = Path(__file__).with_name("conv-stack.svg")
#: Channels, size, and the layer that leads there.
STAGES = [
    (3, 64, ("image",)),
    (32, 32, ("conv 7×7", "stride 2, pad 3")),
    (32, 16, ("max pool 3×3", "stride 2, pad 1")),
    (64, 16, ("conv 3×3", "pad 1")),
    (128, 8, ("conv 3×3", "stride 2, pad 1")),
    (128, 1, ("average", "over places")),
    (10, 0, ("linear",)),
]


def box(left: float, middle: float, side: float, depth: float) -> str:
    """A block seen a little from above: its front is a place's image, its depth the channels."""
    top, slant = middle - side / 2, depth * 0.5
    front = f'<rect x="{left:.1f}" y="{top:.1f}" width="{side:.1f}" height="{side:.1f}" {{}}/>'
    lid = f"M{left:.1f} {top:.1f} l{depth:.1f} {-slant:.1f} h{side:.1f} l{-depth:.1f} {slant:.1f} z"
    flank = f"M{left + side:.1f} {top:.1f} l{depth:.1f} {-slant:.1f} v{side:.1f} l{-depth:.1f} {slant:.1f} z"
    line = 'stroke="currentColor" fill="currentColor"'
    return (
        front.format(f'{line} fill-opacity="0.15"')
        + f'<path d="{lid}" {line} fill-opacity="0.05"/>'
        + f'<path d="{flank}" {line} fill-opacity="0.3"/>'
    )


def drawing() -> str:
    out, left, middle = [], 20.0, 90.0
    for number, (channels, size, layer) in enumerate(STAGES):
        side, depth = max(size * 1.1, 5.0), max(channels * 0.4, 4.0)
        width = max(side + depth, 90.0)
        out.append(box(left + (width - side - depth) / 2, middle + depth / 4, side, depth))
        shape = f"{channels}×{size}×{size}" if size else str(channels)
        centre = left + width / 2
        out.append(f'<text x="{centre:.1f}" y="160" font-size="13" text-anchor="middle">{shape}</text>')
        for row, words in enumerate(layer):
            out.append(
                f'<text x="{centre:.1f}" y="{184 + 15 * row}" font-size="11" text-anchor="middle">{words}</text>'
            )
        if number:
            out.append(f'<path d="M{left - 10:.1f} 155 l8 0 m-4 -4 l4 4 l-4 4" fill="none" stroke="currentColor"/>')
        left += width + 12
    inside = "\n".join(out)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + 10:.0f} 215" font-family="sans-serif" '
        f'fill="currentColor">\n{inside}\n</svg>\n'
    )


if __name__ == "__main__":
    TARGET.write_text(drawing(), encoding="utf-8")

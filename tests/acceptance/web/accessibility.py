"""What axe-core says of a page, and whether the page fits its screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parents[3] / "src/torchdojo/web/islands/node_modules/axe-core/axe.min.js"

#: All that axe-core knows of a page is megabytes; what is wrong with it is told in a few lines.
SERIOUS = """async () => {
    const found = await axe.run({ resultTypes: ["violations"], selectors: false });
    return found.violations
        .filter(violation => ["serious", "critical"].includes(violation.impact))
        .flatMap(violation => violation.nodes.map(node => [violation.id, node.html]))
        .filter(([id, html]) => !(id === "scrollable-region-focusable" && html.includes("cm-scroller")))
        .map(([id, html]) => `${id}: ${html.slice(0, 200)}`);
}"""

#: Each page in both colours and on both screens; every pairing of the two is one of these.
screens = pytest.mark.parametrize(
    ("desktop", "phone"),
    [pytest.param("light", "dark"), pytest.param("dark", "light", marks=pytest.mark.soak)],
)


def serious(page: Any) -> list[str]:
    """What axe-core finds serious or worse. CodeMirror's scroller is a known exception: its content takes the focus."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; npm ci in src/torchdojo/web/islands")
    # Colours on their way from one to another have the contrast of neither.
    page.emulate_media(reduced_motion="reduce")
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(SERIOUS))


def unusable(page: Any, desktop: str, phone: str, *, reload: bool = False) -> list[str]:
    """What is serious or too wide on a large screen and on a telephone, each in the named colours.

    A page that looks at the screen only while it loads has to be loaded once more, by `reload`.
    """
    found = []
    for width, height, colours in ((1280, 900, desktop), (390, 844, phone)):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=colours)
        if reload and width == 390:
            page.reload()
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"wider than the screen at {width}")
        found += [f"at {width} in {colours}: {told}" for told in serious(page)]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found

"""What axe-core says of a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parents[3] / "src/torchdojo/web/islands/node_modules/axe-core/axe.min.js"


def serious(page: Any) -> list[str]:
    """What axe-core finds serious or worse. CodeMirror's scroller is a known exception: its content takes the focus."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; npm ci in src/torchdojo/web/islands")
    # Colours on their way from one to another have the contrast of neither.
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run()")
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if not (violation["id"] == "scrollable-region-focusable" and "cm-scroller" in node["html"])
    ]

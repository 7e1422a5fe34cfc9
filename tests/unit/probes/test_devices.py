"""What is left on the CPU shows on a simulated accelerator."""

from __future__ import annotations

import pytest
from tests.unit.probes.observing import REGRESSION, edited

from torchdojo.harness.script import record_script
from torchdojo.probes import probes


@pytest.mark.parametrize(
    ("name", "edits", "seen"),
    [
        ("used", [], set()),
        ("ignored", [('"cuda" if torch.cuda.is_available() else "cpu"', '"cpu"')], {"hardcoded-cpu"}),
        ("model forgotten", [(".to(device)\noptimizer", "\noptimizer")], {"model-not-moved", "hardcoded-cpu"}),
    ],
)
def test_device_bugs_show_on_a_simulated_accelerator(name, edits, seen):
    script = edited(
        REGRESSION,
        (
            "torch.manual_seed(0)\n",
            'torch.manual_seed(0)\ndevice = torch.device("cuda" if torch.cuda.is_available() else "cpu")\n',
        ),
        ("nn.Linear(16, 1))\n", "nn.Linear(16, 1)).to(device)\n"),
        ("    for a, b in loader:\n", "    for a, b in loader:\n        a, b = a.to(device), b.to(device)\n"),
    )
    trace = record_script(edited(script, *edits), "script.py", accelerator="cuda", stop_steps=3)
    found = {kind for kind in ("hardcoded-cpu", "model-not-moved") if probes()[kind].observe(trace).findings}
    assert found == seen

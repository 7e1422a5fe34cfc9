"""A zygote's memory may be laid out anew while it waits."""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
from pathlib import Path
from torchdojo.sandbox.paging import large_pages

def large():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages:"))

kept = [number.to_bytes(4, "little") * 20 for number in range(200_000)]
before = large()
steps = sum(1 for _ in large_pages())
assert all(value == number.to_bytes(4, "little") * 20 for number, value in enumerate(kept))
print(steps, large() - before)
"""


def test_everything_is_where_it_was_in_larger_pages() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    steps, grown = map(int, done.stdout.split())
    assert grown >= min(steps, 1) * 2048  # A kernel that cannot makes no step.

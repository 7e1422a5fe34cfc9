"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import settings

# Several workers on few cores: threads that wait for each other by spinning cost three times what the test costs.
# Set before anything imports torch, and inherited by what the tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A busy machine is slow, not broken.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

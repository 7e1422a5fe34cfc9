"""A preload that leaves a thread running, as some libraries do; forking after it is unsafe."""

from __future__ import annotations

import threading
from typing import Any

threading.Thread(target=threading.Event().wait, daemon=True).start()


def greet(context: Any) -> int:
    print("hello")
    return 0

"""Whether PyTorch can be used, found out without importing it."""

from __future__ import annotations

import importlib.util
import sys

from torchdojo.domain.errors import BadInput


def torch_is_installed() -> bool:
    """Whether this Python has a PyTorch."""
    return importlib.util.find_spec("torch") is not None


def install_line() -> str:
    """What to type to get PyTorch into this very Python."""
    return f"{sys.executable} -m pip install 'torch>=2.9'"


def require_torch() -> None:
    """Raise BadInput with the line to type when PyTorch is missing."""
    if not torch_is_installed():
        raise BadInput(
            f"PyTorch is not installed in this Python ({sys.executable}), and nothing can be judged without it.",
            f"Type: {install_line()}{_CPU_NOTE if sys.platform == 'linux' else ''}",
        )


_CPU_NOTE = (
    "\n(On Linux that is the CUDA build, several gigabytes. For the small CPU build take the line that the selector "
    "on pytorch.org prints for Pip and CPU.)"
)

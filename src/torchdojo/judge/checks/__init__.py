"""checks.py of an exercise: read, spread over its parameters, and run one by one."""

from torchdojo.judge.checks.cases import Case, Check, checks_of
from torchdojo.judge.checks.faults import ContentFault
from torchdojo.judge.checks.loading import Loaded, compile_ahead, compiled, load_checks
from torchdojo.judge.checks.running import Ended, run_check
from torchdojo.judge.checks.telling import cut_short

__all__ = [
    "Case",
    "Check",
    "ContentFault",
    "Ended",
    "Loaded",
    "checks_of",
    "compile_ahead",
    "compiled",
    "cut_short",
    "load_checks",
    "run_check",
]

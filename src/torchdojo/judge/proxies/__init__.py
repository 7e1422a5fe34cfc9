"""The submission as the checks see it: ordinary Python objects that work in another process."""

from torchdojo.judge.proxies.candidate import Candidate
from torchdojo.judge.proxies.endings import Forbidden, Gone, GradingOver, OutOfTime, Tampered
from torchdojo.judge.proxies.handle import Handle
from torchdojo.judge.proxies.submission import Submission

__all__ = ["Candidate", "Forbidden", "Gone", "GradingOver", "Handle", "OutOfTime", "Submission", "Tampered"]

"""One probe per bug kind: reads a trace, says what it saw. Knows nothing of processes or exercises."""

from torchdojo.probes.catalogue import Probe, probes, watchers_for
from torchdojo.probes.expected import Expected

__all__ = ["Expected", "Probe", "probes", "watchers_for"]

"""Graphs that reach back over updates, as the watcher `graph_age` notes them."""

from __future__ import annotations

from torchdojo.domain.trace import Trace

WATCHER = "graph_age"

#: A sound loop holds a few graphs of finished updates; growth goes beyond any such number.
FEW = 4
#: Where a pass reaches all updates so far, and these are so many, nothing bounds it but the end of an epoch.
ALL = 12


def goes_on(trace: Trace) -> bool:
    """Whether backward passes go through graphs of updates before the last one: these have to be kept."""
    return any(note["spans"] > 1 for note in trace.notes(WATCHER, "reach"))


def longest_sum(trace: Trace) -> tuple[int, str]:
    """The most finished updates that one tensor's graph holds although no backward pass goes through them.

    And in words what holds that tensor, "" where it is not known.
    """
    notes = [] if reaching_back(trace) else list(trace.notes(WATCHER, "grown"))
    # A sum holds what gathers from the start; what was kept one by one may be added up later, as for a log.
    if not notes or 2 * notes[0]["spans"] < notes[0]["alive"]:
        return 0, ""
    most = max(notes, key=lambda note: int(note["spans"]))
    if most["owner"]:
        return most["spans"], f"the attribute '{most['name']}' of a {most['owner']}"
    return most["spans"], f"the variable '{most['name']}'" if most["name"] else ""


def reaching_back(trace: Trace) -> int:
    """How many earlier updates backward passes reach when that number grows; 0 when it is bounded."""
    notes = list(trace.notes(WATCHER, "reach"))
    if whole := [note["spans"] for note in notes if note["update"] >= ALL and note["spans"] >= note["update"] - 1]:
        return int(max(whole))
    spans = [note["spans"] for note in notes]
    if len(spans) > 1 and spans[-1] > FEW and spans[-1] > 1.5 * spans[-2]:
        return int(spans[-1])
    return 0

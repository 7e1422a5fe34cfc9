"""A judged diagnosis as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torchdojo.app.suspicions import DiagnosisState
from torchdojo.domain.suspicion import Standing

_LOOKS = {
    Standing.FOUND: ("good", "✓", "found"),
    Standing.PLACE_ONLY: ("unsure", "½", "right place, another kind"),
    Standing.KIND_ONLY: ("unsure", "½", "right kind, another place"),
    Standing.INNOCENT: ("bad", "✗", "correct code that only looks wrong"),
    Standing.WRONG: ("bad", "✗", "nothing wrong there"),
}


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One mark and what became of it."""

    tone: str
    symbol: str
    line: int
    slug: str
    title: str
    standing: str
    remark: str


@dataclass(frozen=True, slots=True)
class DiagnosisView:
    """The diagnosis handed in last."""

    tone: str
    symbol: str
    headline: str
    rows: tuple[MarkRow, ...]
    left: str
    counting: str


def diagnosis_view(state: DiagnosisState, titles: Mapping[str, str]) -> DiagnosisView | None:
    """What to show of the latest diagnosis; None before there is one. `titles` are those of the kinds, by slug."""
    if state.latest is None:
        return None
    latest = state.latest
    rows = tuple(
        MarkRow(
            *_LOOKS[each.standing][:2],
            each.suspicion.line,
            each.suspicion.kind,
            titles.get(each.suspicion.kind, each.suspicion.kind),
            _LOOKS[each.standing][2],
            each.remark,
        )
        for each in latest.judged
    )
    found, missed = sum(row.tone == "good" for row in rows), len(latest.missed)
    tone, symbol = ("good", "✓") if latest.score == 1 else ("unsure", "½") if latest.score else ("bad", "✗")
    headline = f"Diagnosis: {latest.score:.0%}"
    left = f"{missed} {'bug is' if missed == 1 else 'bugs are'} not named yet." if missed else "Every bug is named."
    return DiagnosisView(tone, symbol, headline, rows, left if found or missed else "", _counting(state))


def _counting(state: DiagnosisState) -> str:
    if state.latest_counts:
        return "This is your first diagnosis: it counts."
    if state.counted is not None:
        return f"A later diagnosis, for practice: your first one counts, with {state.counted:.0%}."
    return "For practice only: a run had been judged before, and its verdict named the bugs."

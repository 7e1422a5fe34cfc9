"""What `verify` found out about one exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torchdojo.domain.proof import Claim, Proof


@dataclass(frozen=True, slots=True)
class Verification:
    """Every claim about one exercise, in the order in which they were checked.

    `proof` is there when the runs were made, whether or not every claim holds; `seconds` is wall time.
    """

    exercise: str
    claims: tuple[Claim, ...]
    proof: Proof | None = None
    gradings: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every claim holds."""
        return all(claim.ok for claim in self.claims)

    @property
    def broken(self) -> tuple[Claim, ...]:
        """The claims that do not hold."""
        return tuple(claim for claim in self.claims if not claim.ok)

    def to_json(self) -> dict[str, Any]:
        """What `verify --json` prints for it."""
        return {
            "exercise": self.exercise,
            "ok": self.ok,
            "claims": [{"name": claim.name, "ok": claim.ok, "evidence": claim.evidence} for claim in self.claims],
            "gradings": self.gradings,
            "seconds": round(self.seconds, 2),
        }

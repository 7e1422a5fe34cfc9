"""The learning rate, judged by a transplant: the submission's optimizer drives the reference solution."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from torchdojo.domain.exercise import Goal
from torchdojo.domain.report import BugState, RestsOn
from torchdojo.domain.trace import Event, Trace
from torchdojo.judge.findings import State
from torchdojo.judge.fleet import Fleet, OutOfTime
from torchdojo.judge.goal import Measured
from torchdojo.judge.reference import Facts, optimizer_fingerprint
from torchdojo.judge.stream import Stream
from torchdojo.probes import probes
from torchdojo.probes.learning_rates import highest_held
from torchdojo.probes.training import ENOUGH_STEPS, distinct_places
from torchdojo.probes.wording import counted

KIND = "learning-rate-too-high"
SEEDS = 3
MAJORITY = 2

#: A rate counts as held when it stays for so many steps, or for this share of all of them.
HELD_STEPS, HELD_SHARE = 5, 0.01


#: What makes fewer than this share of a run's steps is not how it trains.
LEAST_SHARE = 0.05

#: More ways of updating parameters than this are not tried out.
MOST_RECIPES = 3

#: So many times the clean run's updates cannot come from rates that reach the goal.
EXCESS = 8

#: Updates by hand are plain gradient descent when this share of them is within this of their median.
HAND_SHARE, HAND_SLACK = 0.8, 0.03


@dataclass(frozen=True, slots=True)
class Recipe:
    """An optimizer as recorded: class, settings, and one list of learning rates (by group) per step."""

    cls: str
    module: str
    hyper: Mapping[str, Any]
    lrs: tuple[tuple[float, ...], ...]

    def stretched(self, steps: int) -> Recipe:
        """The same course of learning rates over another number of steps."""
        if len(self.lrs) == steps:
            return self
        course = tuple(self.lrs[min(len(self.lrs) - 1, i * len(self.lrs) // steps)] for i in range(steps))
        return Recipe(self.cls, self.module, self.hyper, course)

    def held_at(self, factor: float) -> Recipe:
        """The last step's rates, scaled so that the highest is `factor`, throughout."""
        last = max(self.lrs, key=max)
        top = max(last)
        rates = tuple(rate * factor / top if top else factor for rate in last)
        return Recipe(self.cls, self.module, self.hyper, (rates,))

    def to_json(self) -> dict[str, Any]:
        """The harness's "optimizer" option; a rate that never changes is sent once."""
        lrs = self.lrs[:1] if len(set(self.lrs)) == 1 else self.lrs
        return {"cls": self.cls, "module": self.module, "hyper": dict(self.hyper), "lrs": [list(r) for r in lrs]}


def recipes_of(trace: Trace) -> list[Recipe | None]:
    """How the run updated its parameters, most steps first: one recipe for all optimizers of a class and its settings.

    Optimizers that are built anew go on with the course of the one before. None stands for a class that is not
    torch's and for unclear updates by hand. What made fewer than one step in twenty is left out.
    """
    built = {e["opt"]: e for e in trace.of("optimizer")}
    ways: dict[str, list[Event]] = {}
    for step in trace.steps:
        settings = built.get(step.get("opt"))
        same = {k: v for k, v in settings["hyper"].items() if k != "lr"} if settings else {}
        ways.setdefault(repr((step["cls"], sorted(same.items()), len(step["lrs"]))), []).append(step)
    least = LEAST_SHARE * len(trace.steps)
    common = sorted((steps for steps in ways.values() if len(steps) >= least), key=len, reverse=True)
    return [_recipe(steps, built) for steps in common]


def _recipe(steps: Sequence[Event], built: Mapping[int, Event]) -> Recipe | None:
    if steps[0].get("opt") is None:
        return _by_hand(steps)
    settings = built.get(steps[-1]["opt"])
    if settings is None or not str(settings["module"]).startswith("torch.optim"):
        return None
    lrs = tuple(tuple(float(rate) for rate in s["lrs"]) for s in steps if s["lrs"])
    return Recipe(settings["cls"], settings["module"], settings["hyper"], lrs) if lrs else None


def _by_hand(steps: Sequence[Event]) -> Recipe | None:
    """Plain gradient descent, when nearly every update is the same multiple of its gradient."""
    rates = [float(s["lrs"][0]) for s in steps if s["lrs"] and math.isfinite(s["lrs"][0])]
    if len(rates) < ENOUGH_STEPS:
        return None
    typical = median(rates)
    alike = [rate for rate in rates if abs(rate - typical) <= HAND_SLACK * abs(typical)]
    if typical <= 0 or len(alike) < HAND_SHARE * len(rates):
        return None
    rate = float(f"{typical:.3g}")
    return Recipe("SGD", "torch.optim.sgd", {"lr": rate}, ((rate,),) * len(steps))


def sustained(lrs: Sequence[Sequence[float]]) -> float:
    """The rate the run has to bear throughout: the highest that was held for a while or was reached in 5 % of steps."""
    tops = [max(rates) for rates in lrs]
    least = max(HELD_STEPS, int(HELD_SHARE * len(tops)))
    ordered = sorted(tops)
    return max(highest_held(tops, least) if _holds(tops, least) else 0.0, ordered[int(0.95 * (len(ordered) - 1))])


def contradicted(state: State, own: Facts, clean: Facts) -> State:
    """The state of the learning rate in a run that misses the goal although nothing else is wrong with it.

    The recorded rates are only what the optimizer says of itself: updates far larger than theirs disprove them.
    """
    if state.state is not BugState.FIXED or not clean.update or own.update <= EXCESS * clean.update:
        return state
    said = (
        f"The run misses the goal, and its updates are {own.update / clean.update:.0f} times as large as those of the "
        "reference solution: the weights do not move by the recorded learning rate."
    )
    return State(BugState.OPEN, RestsOn.BOTH, said, state.where)


class Transplants:
    """Runs the reference solution with the submission's optimizer."""

    def __init__(
        self,
        fleet: Fleet,
        request: Mapping[str, Any],
        source: str,
        goal: Goal,
        measure: Callable[[Stream], Measured],
        clean: Facts,
    ) -> None:
        self._fleet = fleet
        self._request = {**request, "sample": 0, "source": source}
        self._goal = goal
        self._measure = measure
        self._clean = clean
        self._known: dict[str, tuple[bool, str]] = {}
        self._number = 0

    def judge(self, trace: Trace, *, goal_met: bool) -> State:
        """The state of the learning rate. `goal_met` matters only where a transplant is impossible."""
        steps = trace.steps
        observation = probes()[KIND].observe(trace)
        where = _where(trace)
        if len(steps) < ENOUGH_STEPS:
            missing = f"Only {counted(len(steps), 'step')} ran; at least {ENOUGH_STEPS} are needed."
            return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, missing, where)
        recipes = recipes_of(trace)
        if not 1 <= len(recipes) <= MOST_RECIPES:
            many = f"The parameters were updated in more than {MOST_RECIPES} different ways, too many to try them out."
            return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, many, where)
        if len(recipes) == 1 and self._clean.optimizer and optimizer_fingerprint(trace) == self._clean.optimizer:
            evidence = "Optimizer, settings and learning rates are those of the reference solution."
            return State(BugState.FIXED, RestsOn.EVENTS, evidence, where)
        reached_by: list[str] = []
        for recipe in recipes:
            if recipe is None:
                return self._by_behaviour(bool(observation.findings), observation.summary, goal_met, where)
            for name, trial in self._trials(recipe):
                reached, figures = self._outcome(trial)
                said = f"{name} in the reference solution: {self._goal.name} {figures}"
                if not reached:
                    message = f"{said}, which misses the goal of {self._goal.target:g}."
                    return State(BugState.OPEN, RestsOn.VALUES, message, where)
                reached_by.append(said)
        return State(BugState.FIXED, RestsOn.VALUES, f"{'; '.join(reached_by)}: the goal is reached.", where)

    def _trials(self, recipe: Recipe) -> list[tuple[str, Recipe]]:
        trials = [(f"{recipe.cls} at {_range(recipe)}", recipe.stretched(self._clean.steps))]
        if len(set(recipe.lrs)) > 1:
            top = sustained(recipe.lrs)
            trials.append((f"{recipe.cls} at {top:g} throughout", recipe.held_at(top)))
        return trials

    def _outcome(self, recipe: Recipe) -> tuple[bool, str]:
        """Whether two of up to three seeds reach the goal, and the figures measured."""
        key = repr(recipe)
        if key not in self._known:
            results: list[float | None] = []
            while not _decided([self._met(r) for r in results]) and len(results) < SEEDS:
                results += self._batch(recipe, len(results), 2 if not results else 1)
            met = [self._met(r) for r in results].count(True) >= MAJORITY
            self._known[key] = met, " and ".join("nothing" if r is None else f"{r:.3g}" for r in results)
        return self._known[key]

    def _batch(self, recipe: Recipe, first: int, number: int) -> list[float | None]:
        tickets = []
        for offset in range(number):
            self._number += 1
            request = {
                **self._request,
                "seed": (int(self._request["seed"]) + 7919 * (first + offset + 1)) % (1 << 31),
                "optimizer": recipe.to_json(),
            }
            tickets.append(self._fleet.submit(f"transplant-{self._number}", request, keep=True))
        self._fleet.wait(*tickets)
        found: list[float | None] = []
        for ticket in tickets:
            if ticket.stream is None:
                raise OutOfTime
            found.append(self._measure(ticket.stream).value)
            ticket.stream.dismiss()
        return found

    def _met(self, value: float | None) -> bool:
        return value is not None and self._goal.met_by(value)

    def _by_behaviour(self, suspicious: bool, summary: str, goal_met: bool, where: str) -> State:
        words = f"The updates were not made by an optimizer of torch, so the run itself has to tell. {summary}"
        if suspicious:
            return State(BugState.OPEN, RestsOn.EVENTS, words, where)
        if goal_met:
            return State(BugState.FIXED, RestsOn.BOTH, f"{words} The loss fell and the goal is reached.", where)
        return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, f"{words} The goal is not reached yet.", where)


def _holds(tops: Sequence[float], least: int) -> bool:
    return any(tops.count(rate) >= least for rate in set(tops))


def _decided(met: Sequence[bool]) -> bool:
    return max(met.count(True), met.count(False)) >= MAJORITY if met else False


def _where(trace: Trace) -> str:
    built: list[Event] = list(trace.of("optimizer"))
    return distinct_places(trace, built[-1:])


def _range(recipe: Recipe) -> str:
    tops = [max(rates) for rates in recipe.lrs]
    low, high = min(tops), max(tops)
    return f"{high:g}" if low == high else f"{low:g} to {high:g}"

"""Learning-rate schedulers: whose rates they move, how often they are stepped, and for how many steps they were made.

Notes `scheduler` for each, at the end of the script and at the line that built it: cls, opt, calls (of its step),
driven (another scheduler steps it), early (calls before the first update of its optimizer), late (calls at the line of
the first one after updates had begun), updates (of its optimizer, skipped ones of a GradScaler included), others
(updates of other optimizers), siblings (calls of other schedulers of the same optimizer), horizon (steps it was made
for, null when it has none), milestones, constant (it never changes a rate), line (of its calls, an index into the
places), low (share of the updates with less than a ten-thousandth of the highest rate so far).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from torch.amp.grad_scaler import GradScaler
from torch.optim import lr_scheduler
from torch.optim.optimizer import register_optimizer_step_post_hook

from torchdojo.harness.originals import weak
from torchdojo.harness.recorder.bus import Bus

_BY = "schedules"

#: The attribute that says for how many steps a scheduler was made.
_HORIZONS = {
    "CosineAnnealingLR": "T_max",
    "OneCycleLR": "total_steps",
    "LinearLR": "total_iters",
    "PolynomialLR": "total_iters",
}
_LOW = 1e-4
_MOST_MILESTONES = 16

#: Where a schedule given as a function is looked at.
_ASKED = (0, 1, 2, 5, 10, 50, 200, 1000)
_NEAR, _FAR = 1 << 12, 1 << 20
_NOTHING = 1e-6


class _Updates:
    """The updates of one optimizer."""

    def __init__(self, number: int, optimizer: Any) -> None:
        self.number = number
        self.groups = {id(group) for group in optimizer.param_groups}
        self.count = self.low = 0
        self._highest = 0.0

    def add(self, optimizer: Any) -> None:
        rate = float(optimizer.param_groups[0].get("lr") or 0.0)
        self.count += 1
        self._highest = max(self._highest, rate)
        self.low += rate < _LOW * self._highest


class _Schedule:
    """One scheduler."""

    def __init__(self, scheduler: Any, at: int, updates: _Updates) -> None:
        self.scheduler = weak(scheduler)
        self.updates = updates
        self.at = at
        self.cls = type(scheduler).__name__
        self.driven = False
        self.calls = self.early = self.late = 0
        self.first_line = -1
        self.lines: Counter[int] = Counter()
        self.milestones: list[int] = []
        self.horizon: int | None = None
        self.constant = False
        self._describe(scheduler)

    def _describe(self, scheduler: Any) -> None:
        milestones = getattr(scheduler, "milestones", None)
        if isinstance(scheduler, lr_scheduler.MultiStepLR) and milestones:
            self.milestones = sorted(int(m) for m in milestones)[:_MOST_MILESTONES]
        for cls in type(scheduler).__mro__:
            if (name := _HORIZONS.get(cls.__name__)) is not None:
                self.horizon = int(getattr(scheduler, name))
                break


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._schedules: list[_Schedule] = []
        self._updates: dict[int, _Updates] = {}
        self._building = self._depth = 0
        bus.replace(GradScaler, "step", self._wrap_attempt)
        for cls in {value for value in vars(lr_scheduler).values() if isinstance(value, type)}:
            if issubclass(cls, lr_scheduler.LRScheduler):
                if "__init__" in vars(cls):
                    bus.replace(cls, "__init__", self._wrap_construction)
                if "step" in vars(cls):
                    bus.replace(cls, "step", self._wrap_step)
        bus.keep_hook(register_optimizer_step_post_hook(self._updated))
        bus.script_ends.append(self._sum_up)

    def _wrap_construction(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def construct(scheduler: Any, *args: Any, **kwargs: Any) -> None:
            self._building += 1
            try:
                original(scheduler, *args, **kwargs)
            finally:
                self._building -= 1
            if not self._building and not self._bus.experimenting:
                try:
                    self._meet(scheduler)
                except Exception as error:
                    self._bus.log.failed(error)

        return construct

    def _meet(self, scheduler: Any) -> None:
        if getattr(scheduler, "optimizer", None) is None:
            return
        schedule = _Schedule(scheduler, self._bus.log.at(), self._of(scheduler.optimizer))
        self._schedules.append(schedule)
        for inner in getattr(scheduler, "_schedulers", ()):
            for known in self._schedules:
                if known.scheduler() is inner:
                    known.driven = True
        if functions := getattr(scheduler, "lr_lambdas", None):
            self._ask(schedule, functions[0])

    def _ask(self, schedule: _Schedule, function: Callable[[int], float]) -> None:
        """When a schedule given as a function comes to nothing, and whether it changes at all."""
        if schedule.cls != "LambdaLR":
            return
        try:
            with self._bus.experiment():
                factors = [float(function(step)) for step in _ASKED]
                schedule.constant = len(set(factors)) == 1
                if not schedule.constant:
                    schedule.horizon = _first_nothing(function)
        except Exception:
            return  # A function that works only in the run it was made for.

    def _wrap_step(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            if self._bus.experimenting:
                return original(scheduler, *args, **kwargs)
            if not self._building:
                try:
                    self._count(scheduler)
                except Exception as error:
                    self._bus.log.failed(error)
            self._depth += 1
            try:
                return original(scheduler, *args, **kwargs)
            finally:
                self._depth -= 1

        return step

    def _count(self, scheduler: Any) -> None:
        schedule = next((known for known in self._schedules if known.scheduler() is scheduler), None)
        if schedule is None:
            return
        if self._depth:
            schedule.driven = True
            return
        line = self._bus.log.at()
        schedule.calls += 1
        schedule.lines[line] += 1
        if not self._updates_of(schedule).count:
            schedule.early += 1
            if schedule.first_line < 0:
                schedule.first_line = line
        elif line == schedule.first_line:
            schedule.late += 1

    def _of(self, optimizer: Any) -> _Updates:
        number = self._bus.log.ident(optimizer)
        known = self._updates.get(number)
        if known is None:
            known = self._updates[number] = _Updates(number, optimizer)
        return known

    def _updated(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if self._bus.experimenting:
            return
        try:
            self._of(optimizer).add(optimizer)
        except Exception as error:
            self._bus.log.failed(error)

    def _wrap_attempt(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def step(scaler: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                updates = self._of(optimizer)
            except Exception as error:
                self._bus.log.failed(error)
                return original(scaler, optimizer, *args, **kwargs)
            before = updates.count
            result = original(scaler, optimizer, *args, **kwargs)
            if updates.count == before:
                updates.count += 1  # Skipped for its infinite gradients: still an update of the loop.
            return result

        return step

    def _updates_of(self, schedule: _Schedule) -> _Updates:
        """The updates of a scheduler's optimizer, or of one that wraps it and shares its groups."""
        if not schedule.updates.count:
            for other in self._updates.values():
                if other.count and other.groups & schedule.updates.groups:
                    return other
        return schedule.updates

    def _sum_up(self) -> None:
        total = sum(updates.count for updates in self._updates.values())
        for schedule in self._schedules:
            updates = self._updates_of(schedule)
            siblings = sum(
                other.calls
                for other in self._schedules
                if other is not schedule and other.updates.groups & schedule.updates.groups
            )
            self._bus.note(
                _BY,
                "scheduler",
                schedule.at,
                cls=schedule.cls,
                opt=schedule.updates.number,
                calls=schedule.calls,
                driven=schedule.driven,
                early=schedule.early,
                late=schedule.late,
                updates=updates.count,
                others=total - updates.count,
                siblings=siblings,
                horizon=schedule.horizon,
                milestones=schedule.milestones,
                constant=schedule.constant,
                line=schedule.lines.most_common(1)[0][0] if schedule.lines else -1,
                low=updates.low / updates.count if updates.count else 0.0,
            )


def _first_nothing(function: Callable[[int], float]) -> int | None:
    """The first step at which a schedule comes to (nearly) zero; None when it does not within reach."""
    for step in range(1, _NEAR):
        if function(step) <= _NOTHING:
            return step
    high = _NEAR
    while function(high) > _NOTHING:
        high *= 2
        if high > _FAR:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if function(middle) > _NOTHING:
            low = middle
        else:
            high = middle
    return high


def watch(bus: Bus) -> None:
    """Begin to watch."""
    _Watch(bus)

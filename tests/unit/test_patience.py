"""A deadline stands still while others have the processors, and comes all the same."""

import pytest

from torchdojo.patience import MOST_PATIENCE, Deadline, Machine


class Fake(Machine):
    """A machine whose clock and load are set by hand."""

    def __init__(self, *, tells_of_waiting: bool = True) -> None:
        self.time = 100.0
        self.stalled = 7.0
        self.crowded = 0.0
        self._tells = tells_of_waiting

    def now(self) -> float:
        return self.time

    def waited(self) -> float | None:
        return self.stalled if self._tells else None

    def crowding(self) -> float:
        return self.crowded

    def pass_time(self, seconds: float, *, of_it_stalled: float = 0.0) -> None:
        self.time += seconds
        self.stalled += of_it_stalled


def test_on_an_idle_machine_it_is_a_plain_clock() -> None:
    machine = Fake()
    deadline = Deadline(8.0, machine)
    machine.pass_time(7.5)
    assert deadline.left() == pytest.approx(0.5)
    assert not deadline.passed
    machine.pass_time(0.5)
    assert deadline.passed
    assert deadline.left() == 0.0


def test_time_in_which_work_waited_for_a_processor_does_not_count() -> None:
    machine = Fake()
    deadline = Deadline(8.0, machine)
    machine.pass_time(12.0, of_it_stalled=6.0)
    assert deadline.left() == pytest.approx(2.0)
    assert deadline.at_the_earliest() == pytest.approx(machine.time + 2.0)
    machine.pass_time(2.0)
    assert deadline.passed


def test_what_was_waited_before_is_nobody_s_excuse() -> None:
    machine = Fake()
    machine.pass_time(50.0, of_it_stalled=50.0)
    deadline = Deadline(8.0, machine)
    machine.pass_time(8.0)
    assert deadline.passed


def test_it_comes_however_busy_the_machine_is() -> None:
    machine = Fake()
    deadline = Deadline(8.0, machine)
    machine.pass_time(MOST_PATIENCE * 8.0 - 0.1, of_it_stalled=MOST_PATIENCE * 8.0)
    assert not deadline.passed
    machine.pass_time(0.1)
    assert deadline.passed


@pytest.mark.parametrize(("processes_for_each", "comes_after"), [(0.5, 8.0), (1.0, 8.0), (2.0, 16.0), (50.0, 32.0)])
def test_where_the_system_does_not_tell_the_load_counts(processes_for_each: float, comes_after: float) -> None:
    machine = Fake(tells_of_waiting=False)
    machine.crowded = processes_for_each
    deadline = Deadline(8.0, machine)
    machine.pass_time(comes_after - 0.01)
    assert not deadline.passed
    machine.pass_time(0.02)
    assert deadline.passed


def test_no_time_at_all_is_over_at_once() -> None:
    assert Deadline(0.0, Fake()).passed


def test_this_machine_s_clocks_only_go_forward() -> None:
    machine = Machine()
    first, waited = machine.now(), machine.waited()
    assert machine.now() >= first
    assert waited is None or machine.waited() >= waited >= 0.0
    assert machine.crowding() >= 0.0

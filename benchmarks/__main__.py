"""Runs the benchmarks and prints one table.

    python -m benchmarks [overhead] [recorder] [memory] [implement] [start] [diagnose] [replay] [rooms] [--quick]

Every figure is a ratio of two things measured alternately in this run, so that machines can be compared; only those of
the replay and the rooms stand against limits of their own. Nothing is asserted; the last column says whether the target
of the design is met here.
"""

from __future__ import annotations

import argparse
import os
import platform

from benchmarks import diagnose, implement, memory, overhead, recorder, replay, rooms, start
from benchmarks.figures import Figure

BENCHMARKS = {
    "overhead": overhead.measure,
    "recorder": recorder.measure,
    "memory": memory.measure,
    "implement": implement.measure,
    "start": start.measure,
    "diagnose": diagnose.measure,
    "replay": replay.measure,
    "rooms": rooms.measure,
}


def main() -> None:
    """Measure what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="|".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: a first impression")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    print(f"{'measure':<46} {'ours':>12} {'against':>12} {'ratio':>9} {'target':>9}", flush=True)
    for name in asked.names or BENCHMARKS:
        for figure in BENCHMARKS[name](quick=asked.quick):
            print(line(figure), flush=True)


def line(figure: Figure) -> str:
    """One row of the table."""
    met = "met" if figure.met else "MISSED"
    return (
        f"{figure.name:<46} {figure.show(figure.ours):>12} {figure.show(figure.against):>12} "
        f"{figure.ratio_text:>9} {figure.target_text:>9}  {met}"
    )


if __name__ == "__main__":
    main()

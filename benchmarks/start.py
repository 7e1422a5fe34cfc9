"""How soon the command line answers and the web page is there."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from benchmarks.figures import Figure, median

HELP = "import sys; from torchdojo.cli import main; sys.argv = ['torchdojo', '--help']; main()"
SERVE = "import sys; from torchdojo.cli import main; sys.argv = ['torchdojo', *sys.argv[1:]]; main()"


def measure(*, quick: bool) -> Iterator[Figure]:
    """CPU of `--help`, and seconds from a warm start of `serve` to its first page; both against their limits."""
    for _ in range(2):
        _help_cpu()
    yield Figure("torchdojo --help, CPU / 0.25 s", median([_help_cpu() for _ in range(3 if quick else 9)]), 0.25, 1.0)
    imported = _imported_by_help()
    yield Figure("torch modules imported by --help / none", float(imported), 1.0, 0.0, unit="modules")
    _first_page()
    yield Figure("first page of serve / 2 s", median([_first_page() for _ in range(2 if quick else 5)]), 2.0, 1.0)


def _help_cpu() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", HELP], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _imported_by_help() -> int:
    timed = subprocess.run([sys.executable, "-X", "importtime", "-c", HELP], capture_output=True, text=True, check=True)
    return sum(line.rpartition("|")[2].strip().split(".")[0] == "torch" for line in timed.stderr.splitlines())


def _first_page() -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_DATA_HOME": folder, "HOME": folder}
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--no-browser", "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        try:
            while True:
                if process.poll() is not None:
                    raise RuntimeError(f"`torchdojo serve` ended with status {process.returncode}")
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
                    break
                except urllib.error.HTTPError:
                    break  # It answers; that it wants its token first is right.
                except OSError:
                    time.sleep(0.01)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait()

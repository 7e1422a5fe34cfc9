"""A Python that has its heavy libraries at hand, for tests that start many programs and are not about how they start.

Importing torch takes seconds of a processor. One process does it once and forks for every program. torch is hidden from
each of them until the program imports it, so that everything happens in the order in which it always does.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent

#: Options make it the ordinary Python.
_CLIENT = """#!{python} -IS
import os, sys
if sys.argv[1].startswith("-") and sys.argv[1] != "-m":
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
sys.path.insert(0, {folder!r})
from client import ask
ask({address!r})
"""


class WarmPython:
    """`executable` is called as `python` is; the program has the caller's descriptors, folder and environment, gets its
    signals and ends with it. Leaving the `with` block ends the process that forks.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="warm-python-")
        address = os.path.join(self._folder.name, "socket")
        self.executable = os.path.join(self._folder.name, "python")
        client = _CLIENT.format(python=sys.executable, folder=str(_HERE), address=address)
        Path(self.executable).write_text(client, encoding="utf-8")
        os.chmod(self.executable, 0o755)
        # One thread: a process with more cannot be forked safely.
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        command = [sys.executable, str(_HERE / "server.py"), address, self.executable]
        self._process = subprocess.Popen(
            command, env={**os.environ, **single}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n", "the warm Python did not start"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # It ends when its standard input does, as it would if this process were killed.
        self._process.communicate()
        self._folder.cleanup()

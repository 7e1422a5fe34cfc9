"""The alarm goes off for a script that reaches into its own process, and for nothing an honest script does."""

from __future__ import annotations

import subprocess
import sys

import pytest

RUNNER = """
import json, sys
from torchdojo.harness.tripwire import watch_script
def alarm(what, line):
    sys.__stdout__.write(f"ALARM {what} {line}\\n")
watch_script(alarm)
try:
    names = {"__name__": "__main__", "__file__": json.__file__}
    exec(compile(sys.argv[1], "/job/script.py", "exec"), names)
except Exception as error:
    print("RAISED", error)
"""


def _alarms(script: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", RUNNER, script], capture_output=True, text=True, check=True)
    return [line.removeprefix("ALARM ") for line in done.stdout.splitlines() if line.startswith("ALARM ")]


REACHES = {
    "heap": ("import gc\nprint(len(gc.get_objects()))", "gc.get_objects 2"),
    "referrers": ("import gc\ngc.get_referrers(gc)", "gc.get_referrers 2"),
    "frames": ("import sys\nsys._getframe().f_back", "sys._getframe 2"),
    "frames by inspect": ("import inspect\n\ninspect.currentframe()", "sys._getframe 3"),
    "stack by inspect": ("import inspect\ninspect.stack()", "sys._getframe 2"),
    "stack by traceback": ("import traceback\nlist(traceback.walk_stack(None))", "sys._getframe 2"),
    "frames of all threads": ("import sys\nsys._current_frames()", "sys._current_frames 2"),
    "traceback": ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__traceback__.tb_frame", "tb_frame"),
    "generator": ("(x for x in ()).gi_frame", "gi_frame"),
    "code": ("import json\njson.dumps.__code__ = (lambda *a: 0).__code__", "object.__setattr__ 2"),
    "ctypes": ("import ctypes\nctypes.string_at(id(1), 1)", "ctypes."),
    "library loaded": ("import ctypes\nctypes.CDLL(None)", "ctypes.dlopen 2"),
    "memory file": ("open('/proc/self/mem', 'rb').close()", "open 1"),
    "tracing": ("import sys\nsys.settrace(lambda *_: None)", "sys.settrace 2"),
    "the name of a library": ("import json\ncompile('1', json.__file__, 'exec')", "compile 2"),
    "a name replaced": (
        "import json\nc = (lambda: 0).__code__\nc.replace(co_filename=json.__file__)",
        "code.__new__ 3",
    ),
    "a name by py_compile": (
        "import json, py_compile, tempfile\nwith tempfile.TemporaryDirectory() as folder:\n"
        "    py_compile.compile(__file__, cfile=folder + '/made.pyc', dfile=json.__file__)",
        "compile 3",
    ),
    "bytecode of its own": ("import marshal\nmarshal.loads(marshal.dumps((lambda: 0).__code__))", "marshal.loads 2"),
    "bytecode in a file": ("open('/nowhere/made.pyc', 'rb')", "open 1"),
    "patched paths": (
        "import gc, json, pathlib\npathlib.Path.resolve = lambda self: json.__file__\ngc.get_objects()",
        "gc.get_objects 3",
    ),
    "hidden in eval": ("import timeit\ntimeit.timeit('gc.get_objects()', 'import gc', number=1)", "gc.get_objects"),
}


@pytest.mark.parametrize(("script", "alarm"), REACHES.values(), ids=REACHES)
def test_reaching_into_the_process_is_noticed(script: str, alarm: str) -> None:
    assert any(alarm in told for told in _alarms(script)), _alarms(script)


def test_each_kind_is_told_once() -> None:
    assert len(_alarms("import gc\nfor _ in range(100):\n    gc.get_objects()")) == 1


HONEST = """
import collections, dataclasses, enum, functools, gc, inspect, json, logging, os, pathlib, random, typing, warnings

Point = collections.namedtuple("Point", "x y")

@dataclasses.dataclass
class Settings:
    rate: float = 0.1

class Colour(enum.Enum):
    RED = 1

class Shape(typing.NamedTuple):
    size: int

exec(compile("made = 1", "made.py", "exec"))
exec("made = 2")
(lambda: 0).__code__.replace(co_name="other")
logging.basicConfig()
logging.getLogger("run").warning("logged")
warnings.warn("careful")
gc.collect()
inspect.signature(Settings)
try:
    raise ValueError
except ValueError:
    import traceback
    traceback.print_exc()
print(open("/proc/self/status").readline(), os.listdir("/proc/self/fd"))
print(functools.wraps(print)(lambda: 0).__name__, json.dumps({}), (lambda: 0).__code__.co_name)
"""

HONEST_TORCH = """
import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters())
for x, y in DataLoader(TensorDataset(torch.randn(8, 2), torch.randn(8, 1)), batch_size=4, shuffle=True):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
torch.optim.lr_scheduler.StepLR(optimizer, 1).step()
with torch.no_grad():
    print(model(x), model(x).numpy().sum(), np.arange(3.0).mean())
torch.save(model.state_dict(), "/tmp/torchdojo-tripwire.pt")
torch.load("/tmp/torchdojo-tripwire.pt")
torch.compile(lambda x: x * 2, backend="eager")(torch.ones(2))
"""


@pytest.mark.parametrize("script", [HONEST, HONEST_TORCH], ids=["standard library", "training"])
def test_honest_scripts_raise_no_alarm(script: str) -> None:
    assert _alarms(script) == []

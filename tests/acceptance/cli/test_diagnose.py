"""`torchdojo diagnose` as a person types it, on scripts of all kinds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

TRAIN = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 8)
y = (x.sum(1) > 0).long()
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)

for epoch in range(4):
    for inputs, labels in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(inputs), labels)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
"""
STALE = TRAIN.replace("        optimizer.zero_grad()\n", "")
STEP_LINE = STALE.splitlines().index("        optimizer.step()") + 1


@dataclass(frozen=True)
class Done:
    """How one run of the command ended."""

    status: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What was printed on standard output, as one line."""
        return " ".join(self.out.split())

    @property
    def json(self):
        """Standard output, which is one document."""
        return json.loads(self.out)


class Project:
    """A folder with scripts in it, which nothing may be added to."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder = folder
        self.python = python
        home = folder.parent / "home"
        self.environment = {**os.environ, "TORCHDOJO_HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1"}

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def diagnose(self, *words: str, stdin: str = "", **environment: str) -> Done:
        before = self.files()
        done = subprocess.run(
            [self.python, "-m", "torchdojo", "diagnose", *words],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            input=stdin,
        )
        assert self.files() == before, "something was written near the script"
        assert "torchdojo/cli" not in done.stderr, done.stderr
        assert "torchdojo/diagnosis" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def files(self) -> set[str]:
        # Python itself writes byte code of what the script imports.
        return {str(p) for p in self.folder.rglob("*") if "__pycache__" not in p.parts}


@pytest.fixture
def cold_project(tmp_path):
    """Where the command and the script are started by the Python that everybody has."""
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project", sys.executable)


@pytest.fixture
def project(cold_project, warm_python):
    """Where torch is imported in no time."""
    return Project(cold_project.folder, warm_python.executable)


def test_a_bug_is_told_with_its_line_what_it_means_and_how_to_mend_it(cold_project):
    cold_project.write("bad.py", STALE)
    done = cold_project.diagnose("bad.py")
    assert done.status == 1
    assert f"bad.py:{STEP_LINE}" in done.out
    assert "bug: Gradients are never cleared" in done.out
    assert "31 of 32 steps" in done.out
    assert "What it means" in done.out
    assert "How to fix it" in done.out
    assert "torchdojo explain missing-zero-grad" in done.out
    assert done.out.index("3 0.") < done.out.index("bug:"), "the script's own output comes first"


def test_a_clean_run_says_what_was_watched_and_what_was_not(project):
    project.write("train.py", TRAIN)
    done = project.diagnose("train.py")
    assert done.status == 0
    assert "32 updates (SGD)" in done.words
    assert "no evaluation" in done.words
    assert "missing-eval-mode" in done.words.split("nothing is said of")[1]
    assert "no bugs" not in done.words.lower()


def test_every_probe_tells_what_it_watched_when_asked(project):
    project.write("train.py", TRAIN)
    done = project.diagnose("-v", "train.py")
    assert "✓ missing-zero-grad: In 32 steps every gradient was used once" in done.words
    assert "- missing-eval-mode: not applicable." in done.words


def test_json_is_all_of_standard_output(project):
    project.write("bad.py", STALE)
    done = project.diagnose("--json", "bad.py")
    assert done.status == 1
    [finding] = done.json["findings"]
    assert finding["kind"] == "missing-zero-grad"
    assert finding["severity"] == "bug"
    assert finding["certainty"] == "event"
    assert finding["where"] == f"bad.py:{STEP_LINE}"
    assert finding["places"] == [{"file": "bad.py", "line": STEP_LINE, "function": ""}]
    assert done.json["run"]["updates"] == 32
    [unseen] = [watched for watched in done.json["watched"] if watched["kind"] == "missing-eval-mode"]
    assert unseen["applicable"] == 0
    assert done.err.startswith("0 0."), "what the script prints goes to standard error"


def test_sarif_names_rule_level_and_line_and_keeps_what_is_ignored_as_suppressed(project, tmp_path):
    project.write("bad.py", STALE)
    project.diagnose("--sarif", str(tmp_path / "out.sarif"), "bad.py")
    run = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]
    [result] = run["results"]
    assert (result["ruleId"], result["level"]) == ("missing-zero-grad", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "bad.py"
    assert place["region"]["startLine"] == STEP_LINE
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "missing-zero-grad"
    project.diagnose("--sarif", str(tmp_path / "out.sarif"), "--ignore", "missing-zero-grad", "bad.py")
    [result] = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"]
    assert result["suppressions"][0]["justification"]


def test_kinds_can_be_chosen_and_ignored(project):
    project.write("bad.py", STALE)
    assert project.diagnose("--ignore", "missing-zero-grad", "bad.py").status == 0
    only = project.diagnose("--json", "--only", "loss-kept-with-graph,missing-zero-grad", "bad.py")
    assert only.status == 1
    assert {entry["kind"] for entry in only.json["watched"]} == {"loss-kept-with-graph", "missing-zero-grad"}
    unknown = project.diagnose("--only", "missing-zero-gard", "bad.py")
    assert unknown.status == 2
    assert "missing-zero-grad" in unknown.err


@pytest.mark.parametrize("file", ["torchdojo.toml", "pyproject.toml"])
def test_a_project_may_ignore_a_kind_for_a_reason_that_is_told(project, file):
    project.write("scripts/bad.py", STALE)
    table = "diagnose" if file == "torchdojo.toml" else "tool.torchdojo.diagnose"
    project.write(file, f'[[{table}.ignore]]\nkind = "missing-zero-grad"\nreason = "an experiment on sums"\n')
    done = project.diagnose("scripts/bad.py")
    assert done.status == 0
    assert "ignored: an experiment on sums" in done.words
    assert f"scripts/bad.py:{STEP_LINE}" in done.words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[diagnose.ignore]]\nkind = "missing-zero-grad"\n', "without a reason"),
        ('[[diagnose.ignore]]\nkind = "missing-zero-grad"\nreason = " "\n', "without a reason"),
        ('[diagnose]\nignore = ["missing-zero-grad"]\n', "needs a reason"),
        ('[[diagnose.ignore]]\nkind = "missing-zero"\nreason = "so"\n', "no kind of bug called"),
        ("[diagnose]\nstep = 3\n", "no key 'step'"),
        ("[diagnose]\nsteps = -3\n", "steps in [diagnose] is -3"),
        ("[diagnose\n", "cannot be read"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_before_anything_runs(project, text, told):
    project.write("train.py", "print('it ran')\n" + TRAIN)
    project.write("torchdojo.toml", text)
    done = project.diagnose("train.py")
    assert done.status == 2
    assert told in done.err
    assert "it ran" not in done.out


def test_steps_in_the_settings_hold_until_the_command_line_says_otherwise(project):
    project.write("train.py", TRAIN)
    project.write("torchdojo.toml", "[diagnose]\nsteps = 5\n")
    assert project.diagnose("--json", "train.py").json["run"]["updates"] == 5
    assert project.diagnose("--json", "--steps", "7", "train.py").json["run"]["updates"] == 7


def test_a_run_is_stopped_after_so_many_steps_and_says_so(project):
    project.write("train.py", TRAIN + "print('never reached')\n")
    done = project.diagnose("--steps", "10", "train.py")
    assert done.status == 0
    assert "stopped after 10 updates" in done.words
    assert "never reached" not in done.out
    assert "Stopped" not in done.err


ENDLESS = {
    "training": TRAIN.replace("for epoch in range(4)", "while True").replace("    print(epoch, loss.item())\n", ""),
    "sleeping": TRAIN + "import time\nprint('now it sleeps', flush=True)\ntime.sleep(10_000)\n",
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(10_000,)).start()\n"
    + TRAIN
    + "while True: pass\n",
    "deaf": TRAIN + "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
}


@pytest.mark.parametrize(
    "how",
    [
        "training",
        pytest.param("sleeping", marks=pytest.mark.soak),
        pytest.param("a thread", marks=pytest.mark.soak),
        "deaf",
    ],
)
def test_a_script_that_never_ends_is_stopped_and_judged(project, how):
    project.write("endless.py", ENDLESS[how])
    done = project.diagnose("--seconds", "10", "--json", "endless.py")
    assert done.status == 0
    assert done.json["run"]["how"] == "stopped"
    assert done.json["run"]["updates"] >= 1


def test_a_script_that_never_trains_nor_ends_is_stopped_too(project):
    project.write("endless.py", "while True: pass\n")
    done = project.diagnose("--seconds", "1", "endless.py")
    assert done.status == 2
    assert "No training was seen" in done.words
    assert "stopped after" in done.words


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("missing.py", None, "There is no file missing.py"),
        ("broken.py", "import torch\nfor x in range(3)\n    pass\n", "line 2: for x in range(3)"),
        ("data.bin", "\0\0", "not Python"),
        (".", None, "is a folder"),
    ],
)
def test_what_cannot_be_run_is_refused(project, name, text, told):
    if text is not None:
        project.write(name, text)
    done = project.diagnose(name)
    assert done.status == 2
    assert told in done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("print('hello')\n", "never imported torch"),
        ("import torch\nprint(torch.ones(2) + 1)\n", "no parameter was updated"),
        (
            "import torch\nimport modul_that_is_nowhere\n",
            "ModuleNotFoundError: No module named 'modul_that_is_nowhere'",
        ),
        ("import sys\nsys.exit(3)\n", "left before any training by sys.exit, with status 3"),
        ("import os\nimport torch\nos._exit(5)\n", "with status 5"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "SIGKILL"),
        (
            "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--data', required=True)\n"
            "parser.parse_args()\n",
            "put them behind its name",
        ),
    ],
)
def test_a_script_that_does_not_train_says_why(project, text, told):
    project.write("other.py", text)
    done = project.diagnose("other.py")
    assert done.status == 2
    assert told in done.words
    assert "No training was seen" in done.words


def test_a_script_that_fails_shows_its_own_traceback_first_and_is_judged_all_the_same(project):
    project.write("fails.py", STALE + "def finish():\n    raise ValueError('no more')\n\nfinish()\n")
    done = project.diagnose("fails.py")
    assert done.status == 1
    assert done.err.splitlines()[0] == "Traceback (most recent call last):"
    assert done.err.splitlines()[-1] == "ValueError: no more"
    assert "torchdojo" not in done.err
    assert "The script failed at fails.py:" in done.words
    assert "missing-zero-grad" in done.out
    project.write("fails.py", TRAIN + "raise ValueError('no more')\n")
    assert project.diagnose("fails.py").status == 2


MAIN = """
import argparse, json, os, pickle, sys
import torch
from layers.net import Net
from training import fit

class Config:
    lr = 0.1

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int)
    parser.add_argument("rest", nargs="*")
    args = parser.parse_args()
    print(json.dumps({
        "file": __file__, "argv": sys.argv, "path": sys.path[0], "cwd": os.getcwd(), "epochs": args.epochs,
        "input": input(), "isatty": sys.stdout.isatty(), "name": __name__, "spec": __spec__,
        "secret": os.environ["SECRET"],
        "pickled": type(pickle.loads(pickle.dumps(Config()))).__name__, "main": sys.modules["__main__"].__file__,
        "threads": torch.get_num_threads(), "dict": sorted(k for k in globals() if k.startswith("__")),
    }))
    os.chdir("/")
    fit(Net())
"""
NET = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 1)

    def forward(self, x):
        return self.linear(x)
"""
TRAINING = """
import random
import torch

assert random.mine, "the script's own module is the one that is found"

def fit(net):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    for _ in range(30):
        loss = net(torch.randn(8, 4)).pow(2).mean()
        loss.backward()
        optimizer.step()
"""


def test_the_script_has_its_own_surroundings(cold_project):
    cold_project.write("app/main.py", MAIN)
    cold_project.write("app/layers/net.py", NET)
    cold_project.write("app/training.py", TRAINING.replace("import random", "import statistics as random"))
    cold_project.write("app/statistics.py", "mine = True\n")
    words = ("app/main.py", "--epochs", "3", "--", "-x", "--json")
    done = cold_project.diagnose(*words, stdin="typed\n", SECRET="s3", OMP_NUM_THREADS="1")
    plain = subprocess.run(
        [sys.executable, *words],
        cwd=cold_project.folder,
        env={**cold_project.environment, "SECRET": "s3", "OMP_NUM_THREADS": "1"},
        input="typed\n",
        capture_output=True,
        text=True,
    )
    assert json.loads(done.out.splitlines()[0]) == json.loads(plain.stdout.splitlines()[0])
    assert done.status == 1
    assert "app/training.py:12, fit" in done.out
    assert "--json stood behind the script's name" in done.words


SPAWNING = """
import multiprocessing, os, sys
import torch
from torch.utils.data import DataLoader, TensorDataset

def work(number):
    return number * 2

def main():
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        print(pool.map(work, [1, 2]))
    if os.fork() == 0:
        sys.exit(0)
    os.wait()
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loader = DataLoader(TensorDataset(torch.randn(64, 3)), batch_size=8, num_workers=2, shuffle=True)
    for epoch in range(3):
        for (x,) in loader:
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x), x.sum(1, keepdim=True)).backward()
            optimizer.step()
    sys.exit()

if __name__ == "__main__":
    main()
"""


def test_children_of_the_script_work_as_ever(cold_project):
    cold_project.write("spawning.py", SPAWNING)
    done = cold_project.diagnose("--json", "spawning.py")
    assert done.status == 0, done
    assert done.err.strip() == "[2, 4]"
    assert done.json["run"]["updates"] == 24


def test_a_script_that_patches_torch_is_told_of_it(project):
    patch = (
        "import torch\noriginal = torch.nn.functional.cross_entropy\n"
        "torch.nn.functional.cross_entropy = lambda *a, **k: original(*a, **k)\n"
    )
    project.write("patches.py", patch + TRAIN)
    done = project.diagnose("patches.py")
    assert done.status == 0
    assert "torch.nn.functional.cross_entropy" in done.words


def test_compiled_models_run_as_they_are_and_that_is_told(project):
    project.write("compiled.py", TRAIN.replace("optimizer = ", "model = torch.compile(model)\noptimizer = "))
    done = project.diagnose("compiled.py")
    assert done.status == 0
    assert "torch.compile: compiled models ran as they are" in done.words


def test_without_torch_the_line_to_type_is_told(cold_project):
    cold_project.write("train.py", TRAIN)
    code = (
        "import importlib.util, sys\nfound = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'torch' else found(name, *rest)\n"
        "from torchdojo.cli import main\nsys.argv = ['torchdojo', 'diagnose', 'train.py']\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=cold_project.folder, capture_output=True, text=True)
    assert done.returncode == 2
    assert "PyTorch is not installed" in done.stderr
    assert "pip install" in done.stderr


def test_ctrl_c_ends_the_script_and_what_was_seen_is_judged(cold_project):
    cold_project.write("long.py", ENDLESS["sleeping"].replace(TRAIN, STALE))
    running = subprocess.Popen(
        [sys.executable, "-m", "torchdojo", "diagnose", "long.py"],
        cwd=cold_project.folder,
        env=cold_project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    while "now it sleeps" not in running.stdout.readline():
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "You interrupted the run" in out
    assert "missing-zero-grad" in out
    assert "KeyboardInterrupt" in err
    assert "torchdojo" not in err


def test_the_command_itself_never_imports_torch(project):
    project.write("train.py", TRAIN)
    code = (
        "import sys\nfrom torchdojo.cli.root import cli\nsys.executable = sys.argv[1]\n"
        "try:\n    cli(['diagnose', 'train.py'])\nexcept SystemExit as left:\n    print('left', left.code)\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules\n"
    )
    command = [sys.executable, "-c", code, project.python]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "left 0" in done.stdout

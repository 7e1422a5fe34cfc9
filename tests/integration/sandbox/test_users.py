"""The sandbox as root, as an ordinary user, and where user namespaces are forbidden."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import torchdojo

NOBODY = 65534
SOURCES = Path(torchdojo.__file__).parents[1]


def python_for(user: int) -> str:
    """An interpreter that `user` can start and that can import this package; skips when there is none."""
    for candidate in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")):
        with suppress(PermissionError):
            if candidate and _run(candidate, user, "-c", "import torchdojo.sandbox").returncode == 0:
                return candidate
    pytest.skip(f"no Python that user {user} can start here reaches this package")


def _run(python: str, user: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *arguments],
        env={"PYTHONPATH": os.pathsep.join([str(SOURCES), str(Path(__file__).parent / "jobs")]), "PATH": os.defpath},
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        **({} if user == os.getuid() else {"user": user, "group": user, "extra_groups": []}),
    )


@pytest.fixture(scope="module", params=["current user", "ordinary user"])
def user(request: pytest.FixtureRequest) -> int:
    if request.param == "current user":
        return os.getuid()
    if os.getuid() != 0:
        pytest.skip("the current user is an ordinary one already")
    return NOBODY


@pytest.fixture(scope="module", params=["", "forbid"], ids=["namespaces allowed", "namespaces forbidden"])
def seen(request: pytest.FixtureRequest, user: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How one job of each kind ended."""
    secret = tmp_path_factory.mktemp("secret") / "answer.txt"
    secret.write_text("42")
    secret.chmod(0o644)
    script = Path(__file__).parent / "jobs" / "sandbox_selfcheck.py"
    done = _run(python_for(user), user, str(script), request.param, str(secret))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    if not request.param and found["isolation"] != "full":
        pytest.skip(f"this machine offers {found['isolation']} only: {found['layers']}")
    found["forbidden"] = bool(request.param)
    return found


def test_the_level_is_named_with_its_reasons(seen: dict[str, Any]) -> None:
    assert seen["isolation"] == ("partial" if seen["forbidden"] else "full")
    assert set(seen["layers"]) == ({"namespaces", "private files"} if seen["forbidden"] else set())
    if seen["forbidden"]:
        assert "unshare" in seen["layers"]["namespaces"]


def test_every_limit_holds(seen: dict[str, Any]) -> None:
    assert seen["noop"][0] == "ok"
    assert seen["time"][0] == "time_limit"
    assert seen["cpu"][0] == "time_limit"
    assert seen["memory"][0] == "memory_limit"
    assert seen["output"][0] == "output_limit"
    assert seen["disk"][1].startswith("28\n") or seen["disk"][0] == "output_limit"


def test_nothing_is_within_reach(seen: dict[str, Any]) -> None:
    assert seen["fork"][1] == "PermissionError 0\n"
    assert seen["trace"][0] == "forbidden"
    for name in ("read", "network", "signal"):
        assert seen[name][0] == "ok"
        assert "done" not in seen[name][1]
    assert json.loads(seen["processes"][1])["readable"] == []


def test_jobs_that_may_start_processes_get_a_bounded_number(seen: dict[str, Any]) -> None:
    assert seen["pool"][:2] == ["ok", "[1, 4, 9]\n"]
    if seen["bomb"][0] == "ok":
        assert int(seen["bomb"][1].split()[1]) <= 512
    else:
        assert seen["bomb"][0] in ("forbidden", "memory_limit")

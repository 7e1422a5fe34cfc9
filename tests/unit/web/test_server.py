"""Starting the server: which address, what when it cannot be had, and what it must not load."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadInput
from torchdojo.web import serve

FIRST_PAGE = """
import sys
from starlette.testclient import TestClient
from torchdojo.app.compose import open_dojo
from torchdojo.web import create_app

with open_dojo(database=sys.argv[1], with_grader=False) as dojo:
    with TestClient(create_app(dojo, token="key"), base_url="http://127.0.0.1:8123") as browser:
        page = browser.get("/?token=key")
        assert page.status_code == 200, page.text
        assert "import torch" in page.text
print(*sorted(name for name in sys.modules if name.split(".")[0] in ("torch", "numpy")))
"""


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def never(address: str) -> None:
    raise AssertionError(f"announced {address}")


def test_a_port_in_use_is_named_with_another_to_try(dojo: Dojo, taken_port: int) -> None:
    with pytest.raises(BadInput) as caught:
        serve(dojo, host="127.0.0.1", port=taken_port, open_browser=False, announce=never)
    assert str(taken_port) in caught.value.fact
    assert f"--port {taken_port + 1}" in caught.value.cure


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_refused(dojo: Dojo, host: str) -> None:
    with pytest.raises(BadInput) as caught:
        serve(dojo, host=host, port=0, open_browser=False, announce=never)
    assert host in caught.value.fact
    assert caught.value.cure


def test_the_first_page_needs_no_torch(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FIRST_PAGE, str(tmp_path / "dojo.sqlite3")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""

"""`torchdojo interview` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.acceptance.cli.test_commands import Terminal
from tests.warm_python import WarmPython


@pytest.fixture
def torchdojo(tmp_path: Path, warm_python: WarmPython) -> Terminal:
    return Terminal(tmp_path, warm_python.executable)


def test_scripts_are_listed_shown_and_printed(torchdojo: Terminal) -> None:
    assert "spiral-classifier" in {each["slug"] for each in json.loads(torchdojo("interview", "list", "--json"))}
    assert "Find and fix (23 min)" in torchdojo("interview", "show", "spiral-classifier")
    assert "Did you mean spiral-classifier" in torchdojo("interview", "show", "spiral-clasifier", status=2)
    torchdojo("interview", "guide", "spiral-classifier", "--html", "guide.html")
    assert "Debugs in order" in (torchdojo.folder / "guide.html").read_text(encoding="utf-8")
    assert "Nothing says where to write" in torchdojo("interview", "guide", "spiral-classifier", status=2)


def test_a_room_is_made_and_its_links_are_closed_and_made_again(torchdojo: Terminal) -> None:
    made = json.loads(torchdojo("interview", "new", "spiral-classifier", "--minutes", "30", "--json"))
    assert set(made["links"]) == {"candidate", "interviewer", "observer"}
    assert len({link.rpartition("/")[2] for link in made["links"].values()}) == 3
    room = made["room"]
    assert "Closed 1 link." in torchdojo("interview", "revoke", room, "candidate")
    assert "Closed 0 links." in torchdojo("interview", "revoke", room, "candidate")
    fresh = torchdojo("interview", "link", room, "candidate", "--address", "http://10.0.0.7:8765/").strip()
    assert fresh.startswith(f"http://10.0.0.7:8765/i/{room}/")
    assert fresh not in made["links"].values()
    assert "There is no room" in torchdojo("interview", "link", "nowhere", "candidate", status=2)
    assert "There is no interview" in torchdojo("interview", "new", "nothing", status=2)

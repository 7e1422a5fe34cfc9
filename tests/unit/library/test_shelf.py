"""The library: order, faults, further roots, and that listing stays light."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from torchdojo.domain.errors import BadContent
from torchdojo.library import Library, folder_digest


def ids(library: Library) -> list[str]:
    return [exercise.id for exercise in library.exercises()]


def with_prerequisite(slug: str) -> tuple[str, str]:
    return ("level = 2", f"level = 2\nprerequisites = ['{slug}']")


def test_exercises_come_by_track_then_prerequisites_then_level(content, write_exercise):
    write_exercise("alpha", exercise_toml=with_prerequisite("omega"))
    write_exercise("omega", exercise_toml=("level = 2", "level = 4"))
    write_exercise("middle", exercise_toml=("level = 2", "level = 3"))
    write_exercise("first", track="zeroth")
    (content / "curriculum.toml").write_text(
        '[[track]]\nid = "zeroth"\ntitle = "Zeroth"\n[[track]]\nid = "fitting"\ntitle = "Fit"\n', encoding="utf-8"
    )
    library = Library(shipped=content)
    assert ids(library) == ["first", "middle", "omega", "alpha"]
    assert [track.title for track in library.tracks()] == ["Zeroth", "Fit"]
    assert library.faults() == []


def test_a_broken_folder_hides_no_other_and_is_told_of(content, write_exercise):
    write_exercise("good")
    write_exercise("bad", exercise_toml=("level = 2", "level = 9"))
    library = Library(shipped=content)
    assert ids(library) == ["good"]
    assert "`level` is 9" in library.faults()[0].fact
    assert library.names() == ["bad", "good"]
    with pytest.raises(BadContent):
        library.find("bad")
    assert library.find("nothing") is None


def test_prerequisites_that_are_missing_or_circular_are_told_of(content, write_exercise):
    write_exercise("alone", exercise_toml=with_prerequisite("nowhere"))
    write_exercise("egg", exercise_toml=with_prerequisite("hen"))
    write_exercise("hen", exercise_toml=with_prerequisite("egg"))
    library = Library(shipped=content)
    assert ids(library) == []
    told = " ".join(str(fault) for fault in library.faults())
    assert "'nowhere'" in told
    assert "egg, hen" in told


def test_a_name_is_unique_over_all_tracks(content, write_exercise):
    write_exercise("twice")
    write_exercise("twice", track="other")
    library = Library(shipped=content)
    assert ids(library) == ["twice"]
    assert "the same name" in library.faults()[0].fact
    with pytest.raises(BadContent, match="the same name"):
        library.find("twice")


def test_a_changed_manifest_is_read_again(content, write_exercise):
    folder = write_exercise()
    library = Library(shipped=content)
    assert library.exercises()[0].level == 2
    file = folder / "exercise.toml"
    before = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace("level = 2", "level = 3"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert library.exercises()[0].level == 3


def test_naming_a_root_twice_doubles_nothing(content, write_exercise):
    write_exercise()
    library = Library([content, content.parent], shipped=content)
    assert ids(library) == ["line-fit"]
    assert library.faults() == []


def test_further_roots_stand_beside_the_shipped_one(tmp_path, content, write_exercise):
    write_exercise("mine")
    library = Library([tmp_path])
    assert {"mine", "tiny-regressor", "spiral-classifier"} <= set(ids(library))
    with pytest.raises(BadContent, match="does not exist"):
        Library([tmp_path / "nowhere"]).exercises()


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ('[[track]]\nid = "nowhere"\ntitle = "N"\n', "`id` is 'nowhere'"),
        ('[[track]]\nid = "fitting"\n', "`title` is missing"),
        ("[levels]\n1 = 'a'\n", "`2` is missing"),
        ("[[trakc]]\nid = 'x'\n", "`trakc` is no known key"),
        ("[[syllabus]]\nid = 'track'\ntitle = 'T'\n", "`id` is 'track'"),
        (
            "[[syllabus]]\nid = 'week'\ntitle = 'Weeks'\n[[syllabus.part]]\nnumber = '1'\ntitle = 'First'\n"
            "items = [{ number = '1.1', title = 'Fit' }]\n",
            "`requirement` is missing",
        ),
    ],
)
def test_a_curriculum_out_of_format_is_told_of(content, write_exercise, text, fact):
    write_exercise()
    (content / "curriculum.toml").write_text(text, encoding="utf-8")
    library = Library(shipped=content)
    assert ids(library) == ["line-fit"]
    assert fact in library.faults()[0].fact


def test_the_digest_follows_content_and_nothing_else(write_exercise):
    folder = write_exercise()
    before = folder_digest(folder)
    (folder / "proof.json").write_text("{}", encoding="utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert folder_digest(folder) == before
    (folder / "prompt.md").write_text("Something else.\n", encoding="utf-8")
    assert folder_digest(folder) != before


def test_listing_imports_neither_torch_nor_libcst():
    code = (
        "import json, sys; from torchdojo.library import Library; n = len(Library().exercises());"
        "print(json.dumps([n, [m for m in ('torch', 'libcst', 'numpy', 'markdown_it') if m in sys.modules]]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    count, heavy = json.loads(out)
    assert count >= 2
    assert heavy == []

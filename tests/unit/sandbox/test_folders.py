"""Clearing a job's folder away."""

from __future__ import annotations

from pathlib import Path

from torchdojo.sandbox.folders import remove_tree


def test_locked_folders_go_and_links_lead_nowhere(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o755)
    (mine / "work.py").write_text("kept")
    job = tmp_path / "job"
    (job / "a" / "b").mkdir(parents=True)
    (job / "a" / "b" / "file").touch()
    (job / "link").symlink_to(mine)
    for folder in (job / "a" / "b", job / "a", job):
        folder.chmod(0)
    remove_tree(job)
    assert not job.exists()
    assert (mine / "work.py").read_text() == "kept"
    assert mine.stat().st_mode & 0o777 == 0o755


def test_a_link_in_the_folders_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "job").symlink_to(tmp_path / "mine")
    remove_tree(tmp_path / "job")
    assert (tmp_path / "mine").is_dir()


def test_a_missing_folder_is_fine(tmp_path: Path) -> None:
    remove_tree(tmp_path / "never made")

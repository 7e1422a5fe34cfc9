from __future__ import annotations

from pathlib import Path

import pytest

from torchdojo.domain.errors import BadInput
from torchdojo.store.location import data_directory, database_file


def test_the_file_lies_in_the_data_folder_of_the_environment(tmp_path: Path) -> None:
    assert database_file({"TORCHDOJO_HOME": str(tmp_path)}) == tmp_path / "torchdojo.sqlite3"


def test_an_address_wins_over_the_folder_and_an_argument_over_both(tmp_path: Path) -> None:
    environment = {"TORCHDOJO_HOME": str(tmp_path), "TORCHDOJO_DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}
    assert database_file(environment) == tmp_path / "a.db"
    assert database_file(environment, str(tmp_path / "b.db")) == tmp_path / "b.db"
    assert data_directory(environment) == tmp_path


def test_without_a_word_it_lies_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert database_file({}).is_relative_to(tmp_path)


@pytest.mark.parametrize("address", ["postgresql://localhost/dojo", "sqlite://", "sqlite:///"])
def test_another_kind_of_database_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(BadInput) as caught:
        database_file({"TORCHDOJO_DATABASE_URL": address})
    assert "TORCHDOJO_DATABASE_URL" in caught.value.fact
    assert "sqlite:///" in caught.value.cure

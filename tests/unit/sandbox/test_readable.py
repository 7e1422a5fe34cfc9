"""Which paths a job may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchdojo.sandbox import readable
from torchdojo.sandbox.readable import Readable


def test_the_most_specific_path_decides() -> None:
    paths = Readable(allowed=("/env", "/env/ours/data"), refused=("/env/ours", "/env/ours/data/answers"))
    allowed = ["/env", "/env/torch/nn", "/env/ours/data", "/env/ours/data/x", "/env/ours-not"]
    refused = ["/", "/other", "/env/ours", "/env/ours/x", "/env/ours/data/answers", "/env/ours/data/answers/1"]
    assert [path for path in allowed + refused if paths.allows(path)] == allowed


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """site-packages with our package among others."""
    for name in ("torch/nn", "ours/answers", "numpy"):
        (tmp_path / "site" / name).mkdir(parents=True)
    (tmp_path / "site" / "six.py").touch()
    return (tmp_path / "site").resolve()


def parts(paths: Readable) -> dict[str, bool]:
    return {Path(path).name: whole for path, whole in paths.open_parts()}


def test_a_tree_without_secrets_stays_whole(environment: Path) -> None:
    assert parts(Readable((str(environment), str(environment / "torch")), ())) == {"site": True}


def test_a_tree_with_secrets_is_split_around_them(environment: Path) -> None:
    split = parts(Readable((str(environment),), (str(environment / "ours"),)))
    assert split == {"site": False, "torch": True, "numpy": True, "six.py": True}


def test_deeper_secrets_split_only_the_way_to_them(environment: Path) -> None:
    split = parts(Readable((str(environment),), (str(environment / "ours" / "answers"),)))
    assert split == {"site": False, "torch": True, "numpy": True, "six.py": True, "ours": False}


def test_a_readable_place_inside_a_secret_one_is_a_part_of_its_own(environment: Path) -> None:
    answers = environment / "ours" / "answers"
    split = parts(Readable((str(environment), str(answers)), (str(environment / "ours"),)))
    assert split == {"site": False, "torch": True, "numpy": True, "six.py": True, "answers": True}


def test_a_link_to_a_secret_is_no_way_in(environment: Path) -> None:
    (environment / "alias").symlink_to(environment / "ours")
    (environment / "above").symlink_to(environment)
    (environment / "harmless").symlink_to(environment / "torch")
    split = parts(Readable((str(environment),), (str(environment / "ours"),)))
    assert split == {"site": False, "torch": True, "numpy": True, "six.py": True, "harmless": True}


def test_our_package_is_refused_and_hidden_wins(tmp_path: Path) -> None:
    gathered = readable.gather([tmp_path], [tmp_path], [])
    assert not gathered.allows(str(Path(readable.__file__).resolve()))
    assert not gathered.allows(str(tmp_path.resolve()))
    assert gathered.allows(str(Path(pytest.__file__).resolve()))
    assert not gathered.allows(str(Path.home().resolve()))

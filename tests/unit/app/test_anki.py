"""The package for Anki holds every card, drawn, under a name that lasts."""

from __future__ import annotations

import importlib.util
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from torchdojo.app.anki_html import as_html
from torchdojo.app.card_exchange import write_anki
from torchdojo.app.reviewing import save_note
from torchdojo.domain.errors import BadInput

_spec = importlib.util.spec_from_file_location("reviewing_kit", Path(__file__).with_name("reviewing_kit.py"))
assert _spec is not None
assert _spec.loader is not None
kit = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(kit)


def notes(package: Path, folder: Path) -> dict[str, list[str]]:
    """The fields of each note by its lasting name."""
    with zipfile.ZipFile(package) as files:
        files.extract("collection.anki2", folder)
    with closing(sqlite3.connect(folder / "collection.anki2")) as connection:
        return {guid: fields.split("\x1f") for guid, fields in connection.execute("SELECT guid, flds FROM notes")}


def test_the_package_holds_every_card_with_its_note(tmp_path):
    learner = kit.Learner()
    save_note(learner.dojo, "guide/computation/bytes", "two *bytes*")
    written = write_anki(learner.dojo, tmp_path / "cards.apkg")
    found = notes(tmp_path / "cards.apkg", tmp_path)
    assert len(found) == written
    fields = next(each for each in found.values() if "Bytes of a float16?" in each[0])
    assert fields[1:3] == ["<p>2</p>\n", "<p>two <em>bytes</em></p>\n"]
    choice = next(each for each in found.values() if "What comes out?" in each[0])
    assert "Sizes match from the right." in choice[1]


def test_other_words_are_the_same_note(tmp_path):
    learner = kit.Learner()
    write_anki(learner.dojo, tmp_path / "before.apkg")
    learner.reworded(answer="Said in another way.")
    write_anki(learner.dojo, tmp_path / "after.apkg")
    before, after = (notes(tmp_path / f"{name}.apkg", tmp_path) for name in ("before", "after"))
    (changed,) = [guid for guid, fields in after.items() if "Said in another way." in fields[1]]
    assert before[changed][0] == after[changed][0]


def test_formulas_are_in_the_brackets_that_anki_draws():
    drawn = as_html("the $x < y$ of\n\n$$\\sum_i$$")
    assert "\\(x &lt; y\\)" in drawn
    assert "\\[\\sum_i\\]" in drawn
    assert "<script>" not in as_html("<script>")


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(BadInput):
        write_anki(kit.Learner().dojo, tmp_path / "none" / "cards.apkg")

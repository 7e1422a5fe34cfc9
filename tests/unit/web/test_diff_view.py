"""A unified diff, laid out in rows."""

from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from torchdojo.web.diff_view import diff_rows, summary

lines = st.lists(st.sampled_from(["a = 1", "--- a", "+++ b", "@@ x", "- b", "", "    c"]), max_size=30)


@given(lines, lines)
def test_both_sides_can_be_read_off_the_rows(old: list[str], new: list[str]) -> None:
    rows = diff_rows("\n".join(difflib.unified_diff(old, new, "starter", "attempt", lineterm="")))
    for row in rows:
        if row.old is not None:
            assert old[row.old - 1] == row.text
        if row.new is not None:
            assert new[row.new - 1] == row.text
    assert sum(row.change == "added" for row in rows) - sum(row.change == "removed" for row in rows) == len(new) - len(
        old
    )


def test_the_summary_counts_what_changed() -> None:
    rows = diff_rows("--- starter\n+++ attempt\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n")
    assert summary(rows) == "1 line added, 1 removed"
    assert summary([]) == "No difference from the starter."

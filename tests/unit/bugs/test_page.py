"""Every kind's page has what `explain` promises, and its Python blocks parse."""

from __future__ import annotations

import ast
import re

import pytest

from torchdojo.bugs import SECTIONS, bug_kinds, kind_page


@pytest.mark.parametrize("slug", list(bug_kinds()))
def test_a_page_has_every_section_and_code_that_parses(slug: str):
    kind = bug_kinds()[slug]
    page = kind_page(kind)
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert tuple(headings) == (*SECTIONS, "In an interview", "Styles it is planted in")
    assert slug in page
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        ast.parse(block)
    assert max(len(line) for line in kind.__doc__.splitlines()) <= 124

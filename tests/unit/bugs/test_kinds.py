"""Every bug kind does to its own examples what they show, and documents itself in full."""

from __future__ import annotations

import ast
import re

import pytest

from torchdojo.bugs import SECTIONS, BugKind, Example, bug_kinds
from torchdojo.domain.exercise import BUG_CATEGORIES

EXAMPLES = [
    pytest.param(kind, example, id=f"{kind.slug}-{example.style.replace(' ', '_')}")
    for kind in bug_kinds().values()
    for example in kind.examples
]
KINDS = [pytest.param(kind, id=kind.slug) for kind in bug_kinds().values()]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_breaking_the_clean_example_gives_the_broken_one(kind: BugKind, example: Example):
    broken = kind.break_at(example.clean, example.site)
    assert broken == example.broken
    ast.parse(broken)


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_a_broken_example_no_longer_has_the_site_as_it_was(kind: BugKind, example: Example):
    before = [site.code for site in kind.sites(example.clean)]
    after = [site.code for site in kind.sites(example.broken)]
    assert after != before
    assert len(after) <= len(before)


@pytest.mark.parametrize("kind", KINDS)
def test_code_with_nothing_to_break_is_left_alone(kind: BugKind):
    for source in kind.untouched:
        assert kind.sites(source) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_documents_itself_under_every_heading(kind: BugKind):
    documentation = kind.documentation()
    assert tuple(documentation) == SECTIONS
    assert all(len(text) > 60 for text in documentation.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_knows_several_styles_questions_and_nudges(kind: BugKind):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind.slug)
    assert kind.category in BUG_CATEGORIES
    assert len(kind.examples) >= 3
    assert kind.untouched
    assert len(kind.interview) >= 2
    assert len(kind.nudges) >= 2


def test_no_two_examples_of_a_kind_are_called_alike():
    for kind in bug_kinds().values():
        styles = [example.style for example in kind.examples]
        assert len(styles) == len(set(styles))

"""A single kind of bug, looked up by its name."""

from __future__ import annotations

import pytest

from torchdojo.bugs import bug_kind, bug_kinds
from torchdojo.probes import probes


@pytest.mark.parametrize("slug", bug_kinds())
def test_every_kind_is_found_by_its_slug(slug: str):
    found = bug_kind(slug)
    assert found is not None
    assert found.slug == slug


def test_nothing_is_found_by_another_name():
    assert bug_kind("missing-zero-gard") is None


def test_what_only_a_reference_shows_has_no_probe():
    assert [kind.slug for kind in bug_kinds().values() if kind.needs_reference and kind.slug in probes()] == []

"""Interviews are read strictly: each mistake is refused with file, line or key, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchdojo.domain.errors import BadContent
from torchdojo.library import Library, load_interview

MANIFEST = """
title = "A line"
summary = "A short one."
round = "debug"
exercise = "line-fit"
minutes = 15
bonus_questions = ["missing-zero-grad-1"]
[shares]
work = 50
answers = 15
criteria = 35
[[criterion]]
id = "debugging"
title = "Debugs"
weight = 3
about = "Order."
weak = "None."
medium = "Some."
strong = "All."
green = ["Plans."]
[[band]]
id = "hire"
title = "Hire"
least = 60
reading = "Good."
needs_all = true
[[band]]
id = "no-hire"
title = "No hire"
least = 0
reading = "Not yet."
[covers]
reads-all = ["G-1"]
"""

SCRIPT = """Two bugs. Mend them.

## Read {#read minutes=5}

### Say

Read it.

### Look for

- Reads to
  the end. {#reads-all debugging}

### Conclude

- A list.

### Nudges

- What is in p.grad? {#in-grad price=2 bug=missing-zero-grad}

## Talk {#talk minutes=10 bugs probing}

### Say

Explain.

### Ask: Why? {#why level=senior bonus}

Because.

### Ask: question:gradient-step#why-clear {#clear}
"""


@pytest.fixture
def write(content, write_question):
    write_question()

    def interview(change: tuple[str, str] = ("", ""), where: str = "") -> Path:
        folder = content.parent / "interviews" / "a-line"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("interview.toml", MANIFEST), ("script.md", SCRIPT)):
            assert where != name or change[0] in text
            (folder / name).write_text(text.replace(*change) if where == name else text)
        return folder

    return interview


@pytest.fixture
def load(content):
    return lambda folder: load_interview(folder, Library(shipped=content).question)


def test_a_sound_interview_is_read_in_full(write, load):
    interview = load(write())
    read, talk = interview.stages
    assert (interview.slug, interview.minutes, interview.handout) == ("a-line", 15, "Two bugs. Mend them.")
    assert (read.look_fors[0].text, read.look_fors[0].criterion) == ("Reads to the end.", "debugging")
    assert (read.conclusions, read.nudges[0].price, read.nudges[0].bug) == (("A list.",), 2, "missing-zero-grad")
    assert (talk.bugs, talk.probing, talk.questions[0].bonus, talk.questions[0].level) == (True, True, True, "senior")
    assert talk.questions[1].question == "Why clear the gradients?"
    assert interview.bands[0].needs_all
    assert interview.covers == {"reads-all": ("G-1",)}
    assert not interview.begins_with_looks
    hidden = load(write(('round = "debug"', 'round = "debug"\nbegins_with_looks = true'), "interview.toml"))
    assert hidden.begins_with_looks


def test_bug_table_and_questions_come_from_the_exercise(write, load, write_exercise, content):
    write_exercise()
    interview = load(write())
    exercise = Library(shipped=content).find("line-fit")
    asked = interview.questions(exercise)
    assert [question.id for question in asked] == ["why", "clear", "missing-zero-grad-1", "too-fast-1"]
    assert [question.bonus for question in asked] == [True, False, True, False]
    nudges = [(nudge.id, nudge.bug) for nudge in interview.nudges(exercise)]
    assert nudges[1:] == [("about-missing-zero-grad", "missing-zero-grad"), ("about-too-fast", "too-fast")]


@pytest.mark.parametrize(
    ("where", "change", "fact", "cure"),
    [
        ("interview.toml", ("minutes = 15", "minutes = 16"), r"5 \+ 10 = 15", "agree"),
        ("interview.toml", ("work = 50", "work = 55"), "add up to 105", "100"),
        ("interview.toml", ('round = "debug"', 'round = "chat"'), "`round` is 'chat'", "debug"),
        ("interview.toml", ('round = "debug"', 'round = "concepts"'), "nothing is graded", "only where"),
        (
            "interview.toml",
            ('round = "debug"', 'round = "any"\nbegins_with_looks = true'),
            "need not have a run",
            "debug",
        ),
        ("interview.toml", ("least = 0", "least = 70"), r"bands begin at \[60, 70\]", "best"),
        ("interview.toml", ("weak =", "week ="), "`weak` is missing", "weak ="),
        ("interview.toml", ("reads-all = [", "reads-some = ["), "'reads-some', which is not", "There are"),
        ("script.md", ("#reads-all debugging", "#reads-all courage"), "line 12: 'reads-all' names", "debugging"),
        ("script.md", ("{#read minutes=5}", "{#read}"), "line 3: `minutes` is missing", "minutes="),
        ("script.md", ("{#read minutes=5}", "{#read minutes=5 loud}"), "line 3: 'loud' means nothing", "Leave"),
        ("script.md", ("## Read {#read minutes=5}", "## Read"), "line 3: the heading 'Read' has no id", "## Title"),
        ("script.md", ("{#talk ", "{#read "), "line 22: the id 'read' stands in line 3", "unique"),
        ("script.md", ("### Conclude", "### Concludes"), "line 14: 'Concludes' is no part", "Known"),
        ("script.md", ("- A list.", "A list."), "line 16: 'A list.' is no item", "- text"),
        ("script.md", (" {#in-grad price=2 bug=missing-zero-grad}", ""), "line 20: the item .* has no id", "- text"),
        ("script.md", ("level=senior", "level=guru"), "line 28: `level` is 'guru'", "junior"),
        ("script.md", ("Because.", ""), "line 28: a question without an answer", "expect"),
        ("script.md", ("question:gradient-step#", "question:nothing#"), "line 32: there is no question", "Mend"),
        ("script.md", ("#why-clear", "#who"), "line 32: .* no follow-up 'who'", "why-clear"),
        ("script.md", ("Explain.", "FILL IN"), "line 26: it still reads", "Replace"),
        ("script.md", ("Two bugs. Mend them.", ""), "no text above the first stage", "handed out"),
        ("script.md", ("Explain.", ""), "line 22: the stage 'Talk' has nothing to say", "### Say"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_its_cure(write, load, where, change, fact, cure):
    with pytest.raises(BadContent, match=fact) as caught:
        load(write(change, where))
    assert cure in caught.value.cure
    assert where in caught.value.fact


def test_a_broken_interview_hides_no_other(write, content):
    write(("minutes = 15", "minutes = 1"), "interview.toml")
    library = Library(shipped=content)
    assert (library.interviews(), library.interview_names()) == ([], ["a-line"])
    with pytest.raises(BadContent):
        library.interview("a-line")
    write()
    assert [interview.slug for interview in library.interviews()] == ["a-line"]


def test_a_stranger_in_the_folder_is_refused(write, load):
    folder = write()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(BadContent, match="no role"):
        load(folder)

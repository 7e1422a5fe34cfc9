"""Questions and guides are read strictly: each mistake is refused with the file, the line and what to write instead."""

from __future__ import annotations

import os
import re

import pytest

from torchdojo.domain.errors import BadContent
from torchdojo.library import Library, load_guide, load_question, refused_patterns


def test_a_sound_question_is_read_in_full(write_question):
    question = load_question(write_question())
    assert (question.slug, question.topic, question.level) == ("gradient-step", "training", 2)
    assert question.answer.startswith("The weights move against")
    assert question.code.startswith("```python run")
    assert question.wrong.endswith("It does not.")
    assert [(f.id, f.question) for f in question.follow_ups] == [("why-clear", "Why clear the gradients?")]
    assert "# ## Quiz: no heading" in question.follow_ups[0].answer
    assert question.covers == {"answer": ("R003-14",), "why-clear": ("R003-16",)}
    assert question.sources[0].where.startswith("https://docs.pytorch.org/")
    assert (question.exercises, question.bugs, question.see) == (("line-fit",), ("missing-zero-grad",), ())


def test_tables_stand_in_the_text_and_quizzes_do_not(write_question):
    question = load_question(write_question())
    table = question.tables[0]
    assert (table.id, table.title, table.columns) == ("optimizers", "Optimizers", ("name", "what it keeps"))
    assert table.rows == (("SGD", "nothing"), ("Adam", r"two moments, $|m|$ and $v$"))
    assert "### Facts: Optimizers {#optimizers}" in question.depth
    quiz = question.quizzes[0]
    assert quiz.question == "What does `backward` do to `.grad`?"
    assert [(option.text, option.right, option.why) for option in quiz.options] == [
        ("It replaces it", False, "That would make accumulation impossible."),
        ("It adds to it", True, "Two calls give the sum."),
    ]


def test_a_table_with_a_section_of_its_own_joins_what_is_behind_the_answer(write_question):
    question = load_question(write_question("own", ("### Facts", "## Facts")))
    assert [table.id for table in question.tables] == ["optimizers"]
    assert "| SGD | nothing |" in question.depth


def test_a_quiz_inside_a_section_is_taken_out_of_it(write_question):
    asked = "### Quiz: How far does it go? {#far}\n\nAs far as the rate says.\n\n### Facts"
    question = load_question(write_question("inside", ("### Facts", asked)))
    assert "How far" not in question.depth
    assert question.quizzes[0].answer == "As far as the rate says."


@pytest.mark.parametrize(
    ("change", "fact", "cure"),
    [
        (("level = 2", "level = 6"), "`level` is 6", "from 1 to 5"),
        (('summary = "The', 'sumary = "The'), "`summary` is missing", "summary ="),
        (("level = 2", "level = 2\nminutes = 3"), "`minutes` is no known key", "Known here"),
        (("level = 2", "level ="), "not valid TOML", "Mend"),
        (("+++\ntitle", "title"), "line 1: there is no front matter", "two lines of \\+\\+\\+"),
        (("why-clear = [", "whi-clear = ["), "'whi-clear', which is not in the text", "why-clear"),
        (('answer = ["R003-14"]', 'answer = "R003-14"'), "`answer` is a string, not a list", "answer ="),
        (("## In depth", "## In deep"), "line 19: 'In deep' is no section", "In depth"),
        (("## In depth", "# In depth"), "line 19: a heading of depth 1", "##"),
        (("## In code", "### In code"), "the section 'In code' is missing", "## In code"),
        (("## In code", "## In depth"), "a second section 'In depth'", "Join"),
        ((" {#why-clear}", ""), r"line 44: the heading 'Follow-up: Why clear the gradients\?' has no id", "lasting-id"),
        (("{#why-clear}", "{#Why}"), "{#Why} is no id", "lower-case"),
        (("{#adds}", "{#why-clear}"), "line 53: the id 'why-clear' stands in line 44 too", "unique"),
        (("- [x]", "- [ ]"), "line 53: no option of the quiz is right", r"- \[x\]"),
        (("- [x]", "- [*]"), r"line 57: an option is marked \[\*\]", r"\[ \] when wrong"),
        (("\n\n  Two calls give the sum.", ""), "line 57: the option 'It adds to it' does not say why", "indented"),
        (("  That would", "That would"), "line 56: text that belongs to no option", "Indent"),
        (("| SGD | nothing |", "| SGD |"), "line 27: a row of 1 cells in a table of 2 columns", "Mend"),
        (("| Adam |", "| SGD |"), "the first cell 'SGD' is not the row's own", "name"),
        (("|---|---|", "| a | b |"), "no row of ", "Add"),
        (("They add up.", "FILL IN"), "still reads 'FILL IN'", "Replace"),
        (("## In two", "Hello.\n\n## In two"), "text above the first heading", "Move"),
        (("### Facts: Optimizers", "### Follow-up: Optimizers"), "a follow-up below another section", "##"),
    ],
)
def test_a_mistake_in_a_question_is_named(write_question, change, fact, cure):
    file = write_question("broken", change)
    with pytest.raises(BadContent) as caught:
        load_question(file)
    assert str(file) in caught.value.fact
    assert re.search(fact, caught.value.fact)
    assert re.search(cure, caught.value.cure)


def test_a_question_without_a_source_is_refused(write_question):
    text = write_question().read_text(encoding="utf-8")
    start, end = text.index("[[source]]"), text.index("[covers]")
    file = write_question("sourceless", (text[start:end], ""))
    with pytest.raises(BadContent, match="no source is named"):
        load_question(file)


def test_a_sound_guide_is_read_in_full(write_guide):
    guide = load_guide(write_guide())
    assert (guide.slug, guide.order, guide.minutes) == ("how-to-learn", 1, 5)
    assert guide.lead == "For anybody with an evening."
    assert [(s.id, s.depth) for s in guide.sections] == [
        ("first-steps", 2),
        ("times", 3),
        ("first-steps-2", 2),
        ("spacing", 2),
    ]
    assert guide.tables[0].rows[1] == ("week", "20")
    assert guide.quizzes[0].answer.startswith("Because")


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (("minutes = 5", ""), "`minutes` is missing"),
        (("For anybody with an evening.", ""), "no text above the first heading"),
        (("spacing = [", "pacing = ["), "'pacing', which is not in the text"),
        (("## Quiz", "## Follow-up"), "a follow-up in a guide"),
        (("Because what is nearly forgotten is learned best.\n", ""), "without options and without an answer"),
    ],
)
def test_a_mistake_in_a_guide_is_named(write_guide, change, fact):
    with pytest.raises(BadContent, match=fact):
        load_guide(write_guide("broken", change))


def test_what_a_guide_refuses_is_read_and_never_shown(write_guide):
    fence = "Again.\n\n```refused\n603[,.]?979\nprints 40\n```\n"
    file = write_guide("errata", ("Again.\n", fence))
    assert all("603" not in section.text for section in load_guide(file).sections)
    patterns = refused_patterns(file)
    assert [bool(p.pattern.search("it PRINTS 40 then")) for p in patterns] == [False, True]
    assert patterns[1].line == patterns[0].line + 1


@pytest.mark.parametrize(("line", "fact"), [("(", "is no pattern"), ("a*", "matches everything")])
def test_a_pattern_that_cannot_be_meant_is_refused(write_guide, line, fact):
    with pytest.raises(BadContent, match=fact):
        refused_patterns(write_guide("errata", ("Again.\n", f"```refused\n{line}\n```\n")))


def test_topics_and_questions_come_in_their_order(content, write_question):
    write_question("zeta", ("level = 2", "level = 1"))
    write_question("beta", ("level = 2", "level = 3"))
    write_question("alpha", ("level = 2", "level = 3"))
    write_question("other", topic="unlisted-topic")
    write_question("first", topic="basics")
    topics = content.parent / "questions" / "topics.toml"
    topics.write_text(
        '[[topic]]\nid = "basics"\ntitle = "The basics"\n'
        '[[topic]]\nid = "training"\ntitle = "Training"\nquestions = ["beta"]\n'
        '[[topic]]\nid = "empty"\ntitle = "Nothing yet"\n',
        encoding="utf-8",
    )
    library = Library(shipped=content)
    assert [topic.title for topic in library.topics()] == ["The basics", "Training", "Unlisted topic"]
    assert [question.slug for question in library.questions()] == ["first", "beta", "zeta", "alpha", "other"]
    assert library.faults() == []


def test_a_broken_question_hides_no_other_and_is_told_of(content, write_question, write_guide):
    write_question("good")
    write_question("bad", ("level = 2", "level = 9"))
    write_guide("worse", ("order = 1", ""))
    library = Library(shipped=content)
    assert [question.slug for question in library.questions()] == ["good"]
    assert library.guides() == []
    assert len(library.faults()) == 2
    with pytest.raises(BadContent):
        library.question("bad")
    with pytest.raises(BadContent):
        library.guide("worse")
    assert library.question("nothing") is None
    assert library.guide("nothing") is None


def test_a_name_is_unique_over_questions_guides_and_exercises(content, write_exercise, write_question, write_guide):
    write_exercise("twice")
    write_question("twice")
    write_question("again")
    write_guide("again")
    told = [str(fault) for fault in Library(shipped=content).faults()]
    assert len(told) == 2
    assert "guides/again.md has the same name as" in told[1] + told[0]
    assert "twice.md has the same name as an exercise" in told[0] + told[1]


def test_a_listed_question_that_does_not_exist_is_told_of(content, write_question):
    write_question()
    (content.parent / "questions" / "topics.toml").write_text(
        '[[topic]]\nid = "training"\ntitle = "Training"\nquestions = ["nowhere"]\n', encoding="utf-8"
    )
    assert "lists 'nowhere'" in Library(shipped=content).faults()[0].fact


def test_a_changed_question_is_read_again(content, write_question):
    file = write_question()
    library = Library(shipped=content)
    assert library.questions()[0].level == 2
    before = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace("level = 2", "level = 3"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert library.questions()[0].level == 3


def test_the_shipped_topics_are_sound():
    assert [str(fault) for fault in Library().faults()] == []

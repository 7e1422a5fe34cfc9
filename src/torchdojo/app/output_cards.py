"""Cards that ask what a program prints, for programs whose output a person can work out without running them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torchdojo.domain.blocks import RunBlock, run_blocks
from torchdojo.domain.card import Card, CardKind
from torchdojo.domain.knowledge import Question

#: What is read within a minute, and typed without a slip.
MOST_LINES_READ = 12
MOST_LINES_PRINTED = 3
LONGEST_PRINTED_LINE = 60

#: Depends on the machine, the version or the clock.
_OF_THE_MACHINE = re.compile(
    r"\btime\b|perf_counter|nbytes|memory|data_ptr|element_size|is_available|platform|profile|version|inspect"
)
#: An exception's or a warning's words, which nobody knows by heart.
_FOREIGN_WORDS = re.compile(r"\bexcept\b.*\bas\b|catch_warnings|\.message\b")
#: A tensor's own spelling (`tensor([0.])`) would be asked for, not its values.
_SPELLED_TENSOR = re.compile(r"\btensor\(")
_RANDOM = re.compile(r"rand|seed|shuffle|sample|Dropout", re.IGNORECASE)
_NEEDS_A_CALCULATOR = re.compile(
    r"softmax|sigmoid|tanh|gelu|erf\b|\.exp\(|\.log\(|math\.|sqrt|\.std\(|\.var\(|norm\(|Norm\dd|LayerNorm|cosine|"
    r"sin\(|cos\(|cross_entropy|kl_div|variance"
)
_LONG_NUMBER = re.compile(r"\d\.\d{3,}|\d[eE][-+]?\d|\d{6,}")
#: A figure that has to be computed: digits other than 0 behind the point, a percentage, thousands.
_FIGURE = re.compile(r"\d\.\d*[1-9]|\d ?%|\d{4,}")
#: Asked alone, each is a guess.
_YES_OR_NO = frozenset({"True", "False"})


def output_cards(question: Question) -> Iterator[Card]:
    """What does this print? The shortest program of the question that can be foreseen, if there is one."""
    texts = (question.answer, question.depth, question.code, question.wrong)
    blocks = enumerate((block for text in texts for block in run_blocks(text)), 1)
    # The number among all programs names it, so that it stays itself when another takes its turn.
    foreseeable = [(len(block.source), number, block) for number, block in blocks if is_foreseeable(block)]
    if foreseeable:
        _, number, block = min(foreseeable, key=lambda found: found[:2])
        yield _card(question, f"question/{question.slug}/output/{number}", block)


def is_foreseeable(block: RunBlock) -> bool:
    """Whether a person who knows the subject can say, without a machine, what the program prints."""
    printed = (block.output or "").strip()
    lines = [line for line in printed.splitlines() if line.strip()]
    read = [line for line in block.source.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_LINES_PRINTED or len(read) > MOST_LINES_READ:
        return False
    if max(map(len, lines)) > LONGEST_PRINTED_LINE or not printed.isascii() or printed in _YES_OR_NO:
        return False
    if _OF_THE_MACHINE.search(block.source) or _FOREIGN_WORDS.search(block.source):
        return False
    if _LONG_NUMBER.search(printed) or _SPELLED_TENSOR.search(printed) or "-0.0" in re.split(r"[^-\w.]+", printed):
        return False
    drawn_or_computed = _RANDOM.search(block.source) or _NEEDS_A_CALCULATOR.search(block.source)
    return not (drawn_or_computed and _FIGURE.search(printed))


def _card(question: Question, name: str, block: RunBlock) -> Card:
    return Card(
        name,
        CardKind.OUTPUT,
        question.topic,
        f"What does this print?\n\n```python run\n{block.source.rstrip()}\n```",
        f"```output\n{(block.output or '').strip()}\n```",
        f"A program of: {question.title}",
        f"question:{question.slug}",
        printed=block.output or "",
    )

"""What a person typed as an answer, read with patience: separators, suffixes, units, shapes in any of their spellings.

Nothing here knows the right answer. What cannot be read is refused with a word on how to write it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from torchdojo.domain.computation import RAISES

MOST_CHARACTERS = 200

#: Digits and powers of ten beyond these are no answer to anything, and would only cost time.
_MOST_DIGITS = 30
_MOST_EXPONENT = 30
_MOST_DIMENSIONS = 12

_SUFFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "bn": 10**9, "t": 10**12}
_WORDS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

DECIMAL_UNITS = {"b": 1, "byte": 1, "bytes": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
BINARY_UNITS = {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
BYTE_UNITS = DECIMAL_UNITS | BINARY_UNITS

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+(?:_\d+)*|\d{1,3}(?:[ ']\d{3})+|)"
    r"(?:\.(?P<part>\d*))?"
    r"(?:\s*(?:e|(?:x|\*)\s*10\s*(?:\^|\*\*))\s*(?P<exponent>[+-]?\d{1,4}))?",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_RAISES = re.compile(
    r"(?:it |that |this )?(?:errors?|fails?|crash(?:es)?|(?:\w+)?error|raises?(?: \w+){0,4})", re.IGNORECASE
)
_CHARACTERS: dict[int, str] = str.maketrans(
    {"×": "x", "−": "-", "–": "-", "·": "*", "⋅": "*", "’": "'", "٬": ",", "٫": "."}
)


class Unreadable(ValueError):
    """The text is no answer of the kind that was asked for. The message says how one is written."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as typed: its value, what half a unit of its last digit is worth, how many digits it shows.

    `shortened` says that it was written in a way one rounds in: with a suffix, a power of ten or decimals.
    `unit` is the unit of bytes it came with, "" without one.
    """

    value: Fraction
    half: Fraction
    digits: int
    shortened: bool
    unit: str = ""


def cleaned(text: str) -> str:
    """The text on one line with plain digits and signs. Raises Unreadable: nothing, too much, unprintable."""
    if len(text) > MOST_CHARACTERS:
        raise Unreadable("That is longer than any answer.")
    digits = "".join(_plain(character) for character in text)
    plain = _SPACES.sub(" ", digits.translate(_CHARACTERS)).strip()
    if not plain:
        raise Unreadable("There is no answer yet.")
    if not plain.isprintable():
        raise Unreadable("There are characters in it that cannot be shown.")
    return plain


def _plain(character: str) -> str:
    # Digits of every script; a superscript is no digit of a number.
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def read_whole(text: str, unit: str = "") -> Number:
    """A count: 1792, 1,792, 1_792, 1.79k, 1.8 million, 1.792e3; `unit` may stand behind it."""
    return _scaled(_without_unit(cleaned(text), unit), _SUFFIXES | _WORDS, "Write a number, such as 1792 or 1,792.")


def read_decimal(text: str, unit: str = "") -> Number:
    """A number with a fraction: 0.0361, 3.61e-2, 3/8, 37.5 %."""
    cure = "Write a number, such as 0.0361, 3.61e-2 or 3/8."
    plain = _without_unit(cleaned(text), unit)
    above, slash, below = plain.partition("/")
    if slash:
        divisor = _number(below.strip(), cure)
        if divisor.value == 0:
            raise Unreadable("Nothing can be divided by zero.")
        return Number(_number(above.strip(), cure).value / divisor.value, Fraction(0), _MOST_DIGITS, False)
    if plain.endswith("%"):
        number = _number(plain[:-1].strip(), cure)
        return Number(number.value / 100, number.half / 100, number.digits, True)
    return _scaled(plain, _SUFFIXES | _WORDS, cure)


def read_bytes(text: str, unit: str) -> Number:
    """An amount of memory: 1.5 GiB, 1.61 GB, 1610612736 B; a bare number counts in `unit`."""
    cure = "Write a number with a unit, such as 1.5 GiB, 1.61 GB or 1610612736 B."
    number, word = _split(cleaned(text), cure)
    named = word.lower()
    if word and named not in BYTE_UNITS:
        raise Unreadable(f"{word!r} is no unit of memory. {cure}")
    factor = BYTE_UNITS[named or unit.lower()]
    return Number(
        number.value * factor,
        number.half * factor,
        number.digits,
        number.shortened or factor > 1,
        named or unit.lower(),
    )


def read_shape(text: str) -> tuple[int, ...] | str:
    """The sizes of a shape, or RAISES: (8, 64, 32, 32), 8x64x32x32, 8 64 32 32, torch.Size([8, 64]), "it raises"."""
    cure = "Write its sizes, such as (8, 64, 32, 32) or 8x64x32x32; or raises, if it does."
    plain = cleaned(text)
    if _RAISES.fullmatch(plain.rstrip(".!")):
        return RAISES
    inner = re.sub(r"^(?:torch\.)?size\b", "", plain, flags=re.IGNORECASE).strip()
    while inner[:1] + inner[-1:] in ("()", "[]"):
        inner = inner[1:-1].strip()
    if inner == "" or inner.lower() in ("scalar", "empty"):
        return ()
    sizes = re.split(r"\s*[,x*;]\s*|\s+", inner.strip().rstrip(","), flags=re.IGNORECASE)
    if not all(re.fullmatch(r"\d{1,15}", size) for size in sizes) or len(sizes) > _MOST_DIMENSIONS:
        raise Unreadable(cure)
    return tuple(int(size) for size in sizes)


def read_choice(text: str, choices: Sequence[str]) -> str:
    """One of the words, in any case, or so much of its beginning that it is no other; true and false for yes and no."""
    plain = cleaned(text).lower().strip(".!'\"` ")
    plain = {"true": "yes", "false": "no"}.get(plain, plain) if "yes" in choices else plain
    if RAISES in choices and _RAISES.fullmatch(plain):
        return RAISES
    exact = [choice for choice in choices if choice.lower() == plain]
    begun = exact or [choice for choice in choices if choice.lower().startswith(plain)]
    if len(begun) != 1:
        raise Unreadable(f"Choose one of: {', '.join(choices)}.")
    return begun[0]


def _without_unit(plain: str, unit: str) -> str:
    for word in filter(None, (unit, unit.removesuffix("s"))):
        if plain.lower().endswith(word.lower()) and plain.lower() != word.lower():
            return plain[: -len(word)].strip()
    return plain


def _scaled(plain: str, suffixes: dict[str, int], cure: str) -> Number:
    number, word = _split(plain, cure)
    if not word:
        return number
    factor = suffixes.get(word.lower())
    if factor is None:
        raise Unreadable(f"{word!r} cannot be read. {cure}")
    return Number(number.value * factor, number.half * factor, number.digits, True)


def _split(plain: str, cure: str) -> tuple[Number, str]:
    match = re.fullmatch(r"(?P<number>.*?[\d.])\s*(?P<word>[a-zA-Z]*)", plain)
    if match is None:
        raise Unreadable(cure)
    return _number(match["number"], cure), match["word"]


def _number(text: str, cure: str) -> Number:
    match = _NUMBER.fullmatch(text.strip())
    if match is None or not (match["whole"] or match["part"]):
        if re.fullmatch(r"[+-]?\d+,\d+", text.strip()):
            raise Unreadable("Write decimals behind a point: a comma only parts thousands.")
        raise Unreadable(cure)
    whole, part, exponent = re.sub(r"\D", "", match["whole"]), match["part"] or "", int(match["exponent"] or 0)
    if whole.startswith("0") and len(whole) > 1 and not match["whole"].isdigit():
        raise Unreadable("Write decimals behind a point: a comma only parts thousands.")
    if len(whole) + len(part) > _MOST_DIGITS or abs(exponent) > _MOST_EXPONENT:
        raise Unreadable("That number is out of all proportion.")
    scale = Fraction(10) ** (exponent - len(part))
    value = int(f"{whole}{part}") * scale * (-1 if match["sign"] == "-" else 1)
    digits = len((whole + part).lstrip("0"))
    return Number(value, scale / 2, digits, match["part"] is not None or match["exponent"] is not None)

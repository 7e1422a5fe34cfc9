"""Cards in and out: the whole history as JSON, and the cards as a package that Anki reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from torchdojo.app.card_sources import all_cards
from torchdojo.app.compose import Dojo
from torchdojo.app.mistakes import drill_cards
from torchdojo.domain.card import Act, Card, CardKind, CardNote, CardState, Phase, Rating, ReviewLog
from torchdojo.domain.errors import BadInput
from torchdojo.scheduling.memory import RETENTIONS
from torchdojo.scheduling.replaying import replayed

FORMAT = "torchdojo-review-1"

#: Anki tells decks and note types apart by numbers; these are ours for good.
_DECK = 1_604_773_201
_NOTE_TYPE = 1_604_773_202

#: Where a card comes from that comes from no attempt made here.
_NO_ATTEMPT = 0

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many histories and notes were taken, and how many histories were left out because others are here."""

    histories: int
    left_out: int
    notes: int


def exported(dojo: Dojo) -> dict[str, Any]:
    """Every entry of the log and every note, as plain JSON data."""
    return {
        "format": FORMAT,
        "log": [entry_data(entry) for entry in dojo.store.log_since(_EPOCH)],
        "notes": [
            {"card": note.card, "text": note.text, "saved_at": note.saved_at.isoformat()}
            for note in dojo.store.card_notes().values()
        ],
    }


def imported(dojo: Dojo, text: str) -> Imported:
    """Take what `exported` gave, on this machine or another.

    A card's history is taken when it goes on from the one that is here; a card with another history keeps its own. A
    note is taken where there is none. A report of an interview has such an export in it, with kinds of bugs to drill.
    Raises BadInput for anything else than an export, and takes nothing then.
    """
    try:
        data = json.loads(text)
        data = data.get("review", data)
        if data["format"] != FORMAT:
            raise ValueError(f"its format is {data['format']!r}")
        log = [_entry(row) for row in data["log"]]
        notes = [CardNote(row["card"], row["text"], _moment(row["saved_at"])) for row in data["notes"]]
        histories = _histories(log)
        drills = list(drill_cards(data.get("drills", ())))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"This is no export of reviews: {error}.", "`torchdojo review --export FILE.json` makes one."
        ) from error
    fitting = [pair for card, whole in histories.items() if (pair := _continuation(dojo, card, whole)) is not None]
    taken = dojo.store.add_entries([pair for pair in fitting if pair[0]])
    present = dojo.store.card_notes()
    missing = [note for note in notes if note.card not in present and note.text]
    for note in missing:
        dojo.store.save_card_note(note)
    own = {card.id for card in dojo.store.own_cards()}
    fresh = [(card, _NO_ATTEMPT) for card in drills if card.id not in own]
    if fresh:
        dojo.store.save_own_cards(fresh, dojo.store.searched_for_mistakes())
    return Imported(taken, len(histories) - len(fitting), len(missing))


def _histories(log: list[ReviewLog]) -> dict[str, list[ReviewLog]]:
    found: dict[str, list[ReviewLog]] = {}
    for entry in sorted(log, key=lambda entry: (entry.at, entry.place)):
        found.setdefault(entry.card, []).append(entry)
    for card, own in found.items():
        own.sort(key=lambda entry: entry.place)
        if [entry.place for entry in own] != list(range(len(own))):
            raise ValueError(f"the history of {card} has gaps")
        replayed(card, own)
    return found


def _continuation(dojo: Dojo, card: str, whole: list[ReviewLog]) -> tuple[list[ReviewLog], CardState] | None:
    """What `whole` adds to the history that is here; None when that is another one."""
    here = dojo.store.card_log(card)
    if [_same(entry) for entry in here] != [_same(entry) for entry in whole[: len(here)]]:
        return None
    return whole[len(here) :], replayed(card, whole)


def _same(entry: ReviewLog) -> tuple[Act, Rating | None, datetime]:
    return entry.act, entry.rating, entry.at


def entry_data(entry: ReviewLog) -> dict[str, Any]:
    """One entry of the log as `imported` takes it."""
    data: dict[str, Any] = {"card": entry.card, "place": entry.place, "act": str(entry.act), "at": entry.at.isoformat()}
    if entry.act is Act.REVIEW:
        data |= {
            "rating": None if entry.rating is None else int(entry.rating),
            "phase": str(entry.phase),
            "retention": entry.retention,
            "most_days": entry.most_days,
            "took_ms": entry.took_ms,
        }
    if entry.undone is not None:
        data["undone"] = entry.undone
    return data


def _entry(data: Mapping[str, Any]) -> ReviewLog:
    act = Act(data["act"])
    reviewed = act is Act.REVIEW
    low, high = RETENTIONS
    if reviewed and not (low <= float(data["retention"]) <= high and int(data["most_days"]) >= 1):
        raise ValueError("an answer was scheduled by impossible settings")
    return ReviewLog(
        card=str(data["card"]),
        place=int(data["place"]),
        act=act,
        at=_moment(data["at"]),
        rating=Rating(data["rating"]) if reviewed else None,
        phase=Phase(data["phase"]) if reviewed else Phase.NEW,
        retention=float(data["retention"]) if reviewed else 0.0,
        most_days=int(data["most_days"]) if reviewed else 0,
        took_ms=int(data.get("took_ms", 0)),
        undone=int(data["undone"]) if act is Act.UNDO else None,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment.astimezone(UTC)


def write_anki(dojo: Dojo, file: Path) -> int:
    """Write the cards to an Anki package, but for those that differ each time; says how many.

    Raises BadInput for a file that cannot be written.
    """
    import genanki

    from torchdojo.app.anki_html import as_html

    note_type = genanki.Model(
        _NOTE_TYPE,
        "torchdojo",
        fields=[{"name": "Front"}, {"name": "Back"}, {"name": "Note"}, {"name": "Source"}],
        templates=[
            {
                "name": "Card",
                "qfmt": "{{Front}}",
                "afmt": '{{FrontSide}}<hr id="answer">{{Back}}{{#Note}}<hr>{{Note}}{{/Note}}<p><i>{{Source}}</i></p>',
            }
        ],
        css=_ANKI_STYLE,
    )
    deck = genanki.Deck(_DECK, "torchdojo")
    notes = dojo.store.card_notes()
    cards = [card for card in all_cards(dojo) if card.kind is not CardKind.COMPUTE]
    for card in cards:
        own = notes.get(card.id)
        deck.add_note(
            genanki.Note(
                model=note_type,
                fields=[
                    as_html(_anki_front(card)),
                    as_html(_anki_back(card)),
                    as_html(own.text) if own else "",
                    card.source,
                ],
                tags=[card.topic.replace(" ", "-")],
                # The same card exported again replaces itself and keeps what Anki knows of it.
                guid=hashlib.sha256(card.id.encode()).hexdigest()[:20],
            )
        )
    try:
        genanki.Package(deck).write_to_file(str(file))
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error
    return len(cards)


def _anki_front(card: Card) -> str:
    return "\n".join([card.front, "", *(f"- {option.text}" for option in card.options)])


def _anki_back(card: Card) -> str:
    lines = [f"- {'✓' if option.right else '✗'} {option.text}: {option.why}" for option in card.options]
    return "\n".join([*lines, "", card.back] if not card.options else lines)


_ANKI_STYLE = """.card { font-family: sans-serif; font-size: 18px; text-align: left; }
pre { padding: .5em; overflow-x: auto; background: rgb(128 128 128 / .12); }
table { border-collapse: collapse; } td, th { border: 1px solid #8888; padding: .2em .5em; }"""

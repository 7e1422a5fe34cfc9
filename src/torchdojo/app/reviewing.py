"""Review: what is due, one card at a time, and what an answer does to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from torchdojo.app.card_sources import all_cards, topics
from torchdojo.app.catalogue import suggestion
from torchdojo.app.compose import Dojo
from torchdojo.app.fresh import drawn_for, with_numbers
from torchdojo.app.review_settings import ReviewSettings, review_settings
from torchdojo.domain.card import Act, Card, CardKind, CardNote, CardState, Rating, ReviewLog
from torchdojo.domain.computation import Instance
from torchdojo.domain.errors import BadInput, DojoError, StoreError
from torchdojo.scheduling.memory import outcomes
from torchdojo.scheduling.queue import Queue, Spent, next_at, queue, spent
from torchdojo.scheduling.replaying import advanced, becomes_leech, is_leech, replayed, standing_entries

#: Whoever is away for longer was not thinking about the card.
_LONGEST_MS = 10 * 60 * 1000

#: How far back an answer can be taken back.
UNDO_WITHIN = timedelta(days=1)

_UNDO_SEARCHES = 500
_LONGEST_NOTE = 20_000


@dataclass(frozen=True, slots=True)
class Desk:
    """All that reviewing needs to know at one moment."""

    now: datetime
    settings: ReviewSettings
    cards: Mapping[str, Card]
    states: Mapping[str, CardState]
    queue: Queue
    used: Spent
    next_at: datetime | None
    topics: Sequence[str]

    def state(self, card: str) -> CardState:
        """How well a card is remembered."""
        return self.states.get(card) or CardState(card)


@dataclass(frozen=True, slots=True)
class Showing:
    """A card to be answered now. `place` names this showing; `after` says in words what each rating leads to.

    `instance` is what a computation asks this time.
    """

    card: Card
    state: CardState
    note: str
    after: Mapping[Rating, str]
    instance: Instance | None = None

    @property
    def place(self) -> int:
        """Which showing of the card this is."""
        return self.state.entries

    @property
    def leech(self) -> bool:
        """Whether the card was forgotten so often that another way to learn it is due."""
        return is_leech(self.state)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did. It is not `counted` when this showing had been answered already."""

    card: str
    state: CardState
    counted: bool
    set_aside: bool
    again_in: str


def desk(dojo: Dojo, *, topic: str = "") -> Desk:
    """What is due now, of one topic or of all. Raises BadInput for an unknown topic."""
    now = dojo.clock.now()
    settings = review_settings(dojo)
    days = settings.days
    everything = all_cards(dojo)
    known = topics(everything)
    if topic and topic not in known:
        raise BadInput(f"There are no cards on {topic!r}.", suggestion(topic, known))
    cards = [card for card in everything if not topic or card.topic == topic]
    states = dojo.store.card_states()
    used = spent(standing_entries(dojo.store.log_since(days.start_of(days.day_of(now)))), now, days)
    asked = queue(cards, states, now, days, settings.limits, used, seed=days.day_of(now))
    own = [states[card.id] for card in cards if card.id in states]
    by_id = {card.id: card for card in cards}
    return Desk(now, settings, by_id, states, asked, used, next_at(own, now, days), known)


def showing(dojo: Dojo, at: Desk) -> Showing | None:
    """The first card of the desk that can be asked; None when there is none."""
    for card in at.queue.order:
        try:
            return show(dojo, at, card)
        except StoreError:
            raise
        except DojoError:
            # Whatever we could not ask costs the learner nothing: it stays due, and another card is asked.
            continue
    return None


def show(dojo: Dojo, at: Desk, card_id: str) -> Showing:
    """One card of the desk. Raises BadInput for a card that is not there."""
    if card_id not in at.cards:
        raise BadInput(f"There is no card {card_id!r}.", "`torchdojo review --json` lists what is due.")
    state = at.state(card_id)
    card = at.cards[card_id]
    instance = None
    if card.kind is CardKind.COMPUTE:
        instance = drawn_for(dojo, card, state)
        card = with_numbers(card, instance)
    note = dojo.store.card_notes().get(card_id)
    after = {
        rating: in_words((outcome.due or at.now) - at.now)
        for rating, outcome in outcomes(state, at.now, at.settings.tuning(at.now)).items()
    }
    return Showing(card, state, note.text if note else "", after, instance)


def answer(dojo: Dojo, card_id: str, place: int, rating: Rating, *, took_ms: int = 0) -> Answered:
    """Count the answer to showing `place` of a card, once. A card forgotten too often is set aside.

    Raises BadInput for a showing that never was.
    """
    now = dojo.clock.now()
    settings = review_settings(dojo)
    tuning = settings.tuning(now)
    before = dojo.store.card_state(card_id) or CardState(card_id)
    if place > before.entries or place < 0:
        raise BadInput("That card was not shown.", "Reload the page, or start the review again.")
    if place < before.entries:
        return Answered(card_id, before, False, False, "")
    entry = ReviewLog(
        card_id,
        place,
        Act.REVIEW,
        now,
        rating,
        before.phase,
        tuning.retention,
        tuning.most_days,
        took_ms=min(max(0, took_ms), _LONGEST_MS),
    )
    after = advanced(before, entry)
    again_in = in_words((after.due or now) - now)
    entries = [entry]
    if set_aside := becomes_leech(before, after):
        entries.append(ReviewLog(card_id, after.entries, Act.SUSPEND, now))
        after = advanced(after, entries[-1])
    counted = dojo.store.add_entries([(entries, after)]) == 1
    return Answered(card_id, after, counted, counted and set_aside, again_in)


def last_answer(dojo: Dojo) -> ReviewLog | None:
    """The latest answer that can be taken back."""
    recent = dojo.store.latest_entries(_UNDO_SEARCHES)[::-1]
    standing = standing_entries(recent)
    if not standing or abs(dojo.clock.now() - standing[-1].at) > UNDO_WITHIN:
        return None
    return standing[-1]


def undo(dojo: Dojo) -> ReviewLog | None:
    """Take the latest answer back, by an entry that says so; None when there is none."""
    last = last_answer(dojo)
    if last is None:
        return None
    now = dojo.clock.now()
    log = dojo.store.card_log(last.card)
    # With the answer goes what it set off.
    gone = [last, *(e for e in log if e.place == last.place + 1 and e.act is Act.SUSPEND and e.at == last.at)]
    entries = [
        ReviewLog(last.card, len(log) + number, Act.UNDO, now, undone=entry.place) for number, entry in enumerate(gone)
    ]
    taken = dojo.store.add_entries([(entries, replayed(last.card, [*log, *entries]))])
    return last if taken else None


def set_aside(dojo: Dojo, card_id: str, *, aside: bool = True) -> None:
    """Ask a card no more, or again. Raises BadInput for a card that is not there."""
    state = dojo.store.card_state(card_id) or CardState(card_id)
    if state.suspended == aside:
        return
    if not state.entries and all(card.id != card_id for card in all_cards(dojo)):
        raise BadInput(f"There is no card {card_id!r}.", "`torchdojo review --json` lists what is due.")
    entry = ReviewLog(card_id, state.entries, Act.SUSPEND if aside else Act.RESUME, dojo.clock.now())
    dojo.store.add_entries([([entry], advanced(state, entry))])


def save_note(dojo: Dojo, card_id: str, text: str) -> None:
    """Keep the learner's own note on a card; an empty text removes it. Raises BadInput for a very long one."""
    if len(text) > _LONGEST_NOTE:
        raise BadInput("The note is longer than 20,000 characters.", "Keep what helps to remember.")
    dojo.store.save_card_note(CardNote(card_id, text.strip(), dojo.clock.now()))


def in_words(interval: timedelta) -> str:
    """A time as written on a button: "10 min", "3 days", "4 months"."""
    minutes = max(1, round(interval / timedelta(minutes=1)))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{round(minutes / 60)} h"
    days = round(minutes / (24 * 60))
    if days < 60:
        return f"{days} day" if days == 1 else f"{days} days"
    return f"{round(days / 30.4)} months" if days < 700 else f"{days / 365.25:.1f} years"

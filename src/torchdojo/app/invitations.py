"""Make a room for an interview, and the links that lead into it."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from torchdojo.app.catalogue import find_scripted
from torchdojo.app.compose import Dojo
from torchdojo.app.drilling import drill
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.starters import debugging_starter
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.interview import Actor, Event, Happening, Interview, Round
from torchdojo.domain.room import Link, Room
from torchdojo.interview.log import FIRST_SEAL, sealed
from torchdojo.interview.seats import FIRST, NOBODY, SECOND

#: Who gets a link.
INVITED = (Actor.CANDIDATE, Actor.INTERVIEWER, Actor.OBSERVER)
MOST_MINUTES = 480
MOST_DAYS = 90
DAYS = 7


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new room. The secrets are here and nowhere else: the store keeps only what recognises them."""

    room: str
    interview: Interview
    exercise: Exercise | None
    minutes: int
    secrets: Mapping[Actor, str]
    second: str = ""

    @property
    def second_path(self) -> str:
        """The address for the second interviewer, without the server's; "" when there is none."""
        return f"/i/{self.room}/{self.second}" if self.second else ""

    def path(self, role: Actor) -> str:
        """The address of the room for that role, without the server's."""
        return f"/i/{self.room}/{self.secrets[role]}"


def new_room(
    dojo: Dojo,
    slug: str,
    *,
    minutes: int | None = None,
    exercise: str = "",
    drill_seed: int | None = None,
    alone: bool = False,
    interviewers: int = 1,
    days: int = DAYS,
    say: Callable[[str], None] = lambda text: None,
) -> Invitation:
    """A room for the interview, or for the exercise of that name under the script that takes any.

    `exercise` names what a script without an exercise of its own is held with; with `drill_seed` a fresh drill takes
    its place. In a room for somebody `alone` the candidate conducts the interview; of two `interviewers` each has a
    link of their own, and scores apart. Raises BadInput for an unknown name,
    an interview that needs an exercise and has none or another one, and impossible lengths.
    """
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise BadInput(f"An interview takes 1 to {MOST_MINUTES} minutes, not {minutes}.", "Choose another length.")
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"Links are good for 1 to {MOST_DAYS} days, not {days}.", "Choose another time.")
    interview, name = _chosen(dojo, slug, exercise)
    if drill_seed is not None:
        name = drill(dojo, seed=drill_seed, say=say).exercise.id
    found = find_scripted(dojo, name) if name else None
    _refuse_misfit(interview, found)
    # In a terminal a name that began with a dash would be read as an option.
    room = f"r{secrets.token_urlsafe(9)}"
    keys = {role: secrets.token_urlsafe(24) for role in INVITED}
    expires = dojo.clock.now() + timedelta(days=days)
    links = [Link(secret_hash(key), room, role, expires) for role, key in keys.items()]
    second = secrets.token_urlsafe(24) if interviewers > 1 else ""
    if second:
        links.append(Link(secret_hash(second), room, Actor.INTERVIEWER, expires, seat=SECOND))
    length = interview.minutes if minutes is None else minutes
    data = {
        "interview": interview.slug,
        "exercise": found.id if found else "",
        "seed": drill_seed,
        "minutes": length,
        "digest": digest(interview, found),
        **({"alone": True} if alone else {}),
        **({"interviewers": 2} if second else {}),
    }
    dojo.store.add_room(Room(room, dojo.clock.now(), 0, ""), links, _first_events(dojo, data, interview, found))
    return Invitation(room, interview, found, length, keys, second)


def _chosen(dojo: Dojo, slug: str, exercise: str) -> tuple[Interview, str]:
    found = dojo.library.interview(slug)
    if found is not None:
        if exercise and found.exercise not in ("", exercise):
            raise BadInput(
                f"{slug} is written for {found.exercise}, not for {exercise}.",
                "any-exercise takes every exercise to debug or to implement.",
            )
        return found, exercise or found.exercise
    if slug in dojo.library.names() or dojo.library.find(slug) is not None:
        for script in dojo.library.interviews():
            if script.round is Round.ANY and not script.exercise:
                return script, slug
        raise BadInput(f"There is no script that goes with {slug!r}.", "Name an interview.")
    names = ", ".join(script.slug for script in dojo.library.interviews())
    raise BadInput(f"There is no interview {slug!r}.", f"There are: {names}. Or name an exercise.")


def _refuse_misfit(interview: Interview, exercise: Exercise | None) -> None:
    kinds = interview.round.kinds
    if exercise is None and kinds:
        raise BadInput(
            f"The interview {interview.slug!r} needs an exercise.",
            "Name one, --exercise ID, or take a fresh drill, --drill-seed N.",
        )
    if exercise is not None and interview.begins_with_looks and exercise.kind is not Kind.DEBUG:
        raise BadInput(
            f"The interview {interview.slug!r} begins with looks at a run, and {exercise.id}, an exercise to "
            f"{exercise.kind}, has none.",
            "Name an exercise to debug, --exercise ID, or take a fresh drill, --drill-seed N.",
        )
    if exercise is not None and exercise.kind not in kinds:
        raise BadInput(
            f"The interview {interview.slug!r} does not go with an exercise to {exercise.kind}.",
            "Name the exercise alone, or another interview.",
        )


def _first_events(
    dojo: Dojo, data: Mapping[str, object], interview: Interview, exercise: Exercise | None
) -> list[Event]:
    now = dojo.clock.now()
    created = sealed(FIRST_SEAL, Event(1, now, 0.0, Actor.SYSTEM, Happening.CREATED, data))
    if interview.begins_with_looks:
        return [created, sealed(created.seal, Event(2, now, 0.0, Actor.SYSTEM, Happening.HIDDEN, {}))]
    update = base64.b64encode(_beginning(exercise)).decode()
    written = Event(2, now, 0.0, Actor.SYSTEM, Happening.EDIT, {"update": update})
    return [created, sealed(created.seal, written)]


def _beginning(exercise: Exercise | None) -> bytes:
    from torchdojo.app.shared_text import beginning

    if exercise is None:
        return beginning("")
    return beginning(exercise.starter if exercise.kind is Kind.IMPLEMENT else debugging_starter(exercise))


def digest(interview: Interview, exercise: Exercise | None) -> str:
    """What tells a room's script and exercise from later versions of them."""
    parts = [path.read_bytes() for path in sorted(interview.file.parent.glob("*.*")) if path.is_file()]
    if exercise is not None:
        parts += [(exercise.folder / "exercise.toml").read_bytes(), exercise.solution.encode()]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def secret_hash(secret: str) -> str:
    """How the store knows a secret. It is long and random, so that a plain hash cannot be turned round."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def seat_of(link: Link) -> int:
    """Whose scores that link leads to; none for somebody who only reads along."""
    return NOBODY if link.role is Actor.OBSERVER else link.seat


def check_link(dojo: Dojo, room: str, secret: str) -> Link:
    """The link of that secret into that room. Raises BadInput when there is none, when it is over or closed."""
    link = dojo.store.room_link(secret_hash(secret))
    if link is None or link.room != room:
        raise BadInput("This link leads nowhere.", "Copy the whole address from your invitation, or ask for a new one.")
    return checked(dojo, link)


def checked(dojo: Dojo, link: Link) -> Link:
    """`link`, when it still holds. Raises BadInput when not."""
    if link.revoked_at is not None:
        raise BadInput("This link was closed by the interviewer.", "Ask for a new one.")
    if link.expires_at <= dojo.clock.now():
        raise BadInput(
            f"This link was good until {link.expires_at:%d %B %Y, %H:%M} UTC.", "Ask the interviewer for a new one."
        )
    return link


def revoke_links(dojo: Dojo, room: str, role: Actor) -> int:
    """Close the links of that role into a room; says how many were open. Raises BadInput for an unknown room."""
    if dojo.store.room(room) is None:
        raise BadInput(f"There is no room {room!r}.", "It is the first part of a link after /i/.")
    closed = [link for link in dojo.store.room_links(room) if link.role is role and link.revoked_at is None]
    for link in closed:
        dojo.store.revoke_room_link(link.secret_hash, dojo.clock.now())
    return len(closed)


def invite_second(dojo: Dojo, live: LiveRoom, *, days: int = DAYS) -> tuple[str, list[Event]]:
    """A link for a second interviewer, who scores apart from the first: the path of its address, and what happened.

    Raises BadInput in a room for somebody alone, and once the candidate has the report.
    """
    state = live.state
    if state.alone:
        raise BadInput("Somebody rehearses alone in this room.", "Make a room for an interview.")
    if any(each.what == "report" for each in state.released):
        raise BadInput(
            "The candidate has the report already.", "A second opinion is compared by `interview calibrate`."
        )
    events = []
    if state.scoring.interviewers == 1:
        events = live.append((Actor.SYSTEM, Happening.INVITED, {"interviewers": 2}))
    return new_link(dojo, live.id, Actor.INTERVIEWER, days=days, seat=SECOND), events


def new_link(dojo: Dojo, room: str, role: Actor, *, days: int = DAYS, seat: int = FIRST) -> str:
    """One more link into a room, as the path of its address. Raises BadInput for an unknown room."""
    if dojo.store.room(room) is None:
        raise BadInput(f"There is no room {room!r}.", "It is the first part of a link after /i/.")
    key = secrets.token_urlsafe(24)
    expires = dojo.clock.now() + timedelta(days=days)
    dojo.store.add_room_link(Link(secret_hash(key), room, role, expires, seat=seat))
    return f"/i/{room}/{key}"

"""How the learner wants to review: limits of a day, how sure to be, when a day begins, when the interview is."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadInput
from torchdojo.scheduling.days import Days
from torchdojo.scheduling.memory import RETENTIONS, Tuning
from torchdojo.scheduling.queue import Limits

_NAME = "review"

#: The longest time until a card comes back when no interview is near.
MOST_DAYS = 365

_LOCAL_TIME = Path("/etc/localtime")


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """`interview` is a date as YYYY-MM-DD or "", `zone` a name such as "Europe/Berlin" or "" for this machine's."""

    new: int = 15
    reviews: int = 120
    retention: float = 0.93
    hour: int = 4
    zone: str = ""
    interview: str = ""

    @property
    def limits(self) -> Limits:
        """What a day brings."""
        return Limits(self.new, self.reviews)

    @property
    def days(self) -> Days:
        """The learner's days."""
        return Days(_zone(self.zone), self.hour)

    def interview_day(self) -> date | None:
        """The day of the interview, when one is set."""
        return date.fromisoformat(self.interview) if self.interview else None

    def tuning(self, now: datetime) -> Tuning:
        """How cards are scheduled: every one comes back before the interview."""
        interview = self.interview_day()
        left = (interview - self.days.day_of(now)).days if interview else 0
        return Tuning(self.retention, min(MOST_DAYS, left) if left > 0 else MOST_DAYS)


def review_settings(dojo: Dojo) -> ReviewSettings:
    """The settings; what cannot be read is as it was in the beginning."""
    try:
        stored = json.loads(dojo.store.setting(_NAME) or "{}")
        known = {field.name for field in fields(ReviewSettings)}
        return _checked(ReviewSettings(**{name: value for name, value in stored.items() if name in known}))
    except (ValueError, TypeError, AttributeError, BadInput):
        return ReviewSettings()


def change_review_settings(dojo: Dojo, **changes: Any) -> ReviewSettings:
    """Change some settings for good; text is read as the setting needs it.

    Raises BadInput for what cannot be; then nothing is changed.
    """
    settings = review_settings(dojo)
    for name, value in changes.items():
        settings = replace(settings, **{name: _read(name, value)})
    settings = _checked(settings)
    dojo.store.save_setting(_NAME, json.dumps(asdict(settings)))
    return settings


def known_zones() -> list[str]:
    """The names of time zones by place, to choose one from; none on a machine that knows none."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


def share_of_percent(text: str) -> str:
    """What the learner wrote in percent, as the setting needs it. Raises BadInput for what is no number."""
    try:
        return str(round(float(text) / 100, 4))
    except ValueError:
        raise BadInput(f"retention cannot be {text!r}.", "It is a number of percent.") from None


def _read(name: str, value: Any) -> Any:
    known = {field.name: field.type for field in fields(ReviewSettings)}
    if name not in known:
        raise BadInput(f"There is no setting {name!r}.", f"There are: {', '.join(known)}.")
    wanted = {"int": int, "float": float, "str": str}[str(known[name])]
    try:
        return wanted(str(value).strip())
    except ValueError:
        raise BadInput(f"{name} cannot be {value!r}.", "It is a number.") from None


def _checked(settings: ReviewSettings) -> ReviewSettings:
    for name, value, most in (("new", settings.new, 999), ("reviews", settings.reviews, 9999)):
        if not 0 <= value <= most:
            raise BadInput(f"{name} cannot be {value}.", f"It is from 0 to {most}.")
    low, high = RETENTIONS
    if not low <= settings.retention <= high:
        raise BadInput(f"retention cannot be {settings.retention}.", f"It is from {low} to {high}.")
    if not 0 <= settings.hour <= 23:
        raise BadInput(f"hour cannot be {settings.hour}.", "It is from 0 to 23.")
    try:
        settings.interview_day()
    except ValueError:
        raise BadInput(f"{settings.interview!r} is no date.", "Write it as YYYY-MM-DD.") from None
    _zone(settings.zone)
    return settings


def _zone(name: str) -> tzinfo:
    if name:
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, LookupError):
            raise BadInput(f"There is no time zone {name!r}.", "Write it as Europe/Berlin.") from None
    return _machine_zone()


def _machine_zone() -> tzinfo:
    try:
        if named := os.environ.get("TZ", "").lstrip(":"):
            return ZoneInfo(named)
        with _LOCAL_TIME.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, LookupError):
        return UTC

"""Rooms of interviews while people are in them: one web socket per client, everything else is in the log."""

from torchdojo.web.rooms.hall import Hall

__all__ = ["Hall"]

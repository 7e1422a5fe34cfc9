"""The local web application."""

from torchdojo.web.application import create_app
from torchdojo.web.server import serve

__all__ = ["create_app", "serve"]

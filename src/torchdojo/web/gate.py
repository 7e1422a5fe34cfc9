"""The gate in front of every request: who may talk to this server, and what a page may load.

The server runs code that people type, so a stray page on another site must not reach it: the Host header defeats DNS
rebinding, the launch token keeps other users and programs of this machine out, and writes must come from our own pages.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
from collections.abc import Callable, Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1024 * 1024
TOO_LARGE = ("The text is larger than 1 MB.", "Remove what does not belong to the script.")

_log = logging.getLogger(__name__)

Refusal = Callable[[Scope, int, str, str], Response]


class Gate:
    """ASGI middleware. `hosts` are the names (without port) under which the server may be addressed.

    `refuse(scope, status, fact, cure)` makes the response for a request that is turned away.
    """

    def __init__(self, app: ASGIApp, *, token: str, hosts: Collection[str], refuse: Refusal) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset(hosts)
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if self._may_connect(scope, Headers(scope=scope)):
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 4403, "reason": "Open the page of the link first."})
            return
        if scope["type"] != "http":
            # The lifespan is the server talking to itself.
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(18)
        scope.setdefault("state", {})["nonce"] = nonce
        headers = Headers(scope=scope)
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(MutableHeaders(scope=message), nonce, scope["path"])
            await send(message)

        turned_away = self._answer_without_the_app(scope, headers)
        if turned_away is not None:
            await turned_away(scope, receive, guarded_send)
            return
        try:
            await self._app(scope, _limited(receive), guarded_send)
        except Exception:
            _log.exception("a request could not be answered")
            if not started:
                cure = "Your text is kept. Go back and try again; the terminal says what went wrong."
                await self._refuse(scope, 500, "We broke, not you.", cure)(scope, receive, guarded_send)

    def _answer_without_the_app(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if _host_name(host) not in self._hosts:
            cure = "Open the address that was printed when the server started."
            return self._refuse(scope, 400, "This server does not answer to that name.", cure)
        if scope["path"].startswith("/static/"):
            return None
        safe = scope["method"] in ("GET", "HEAD")
        if not (_may_navigate(headers) if safe else _same_origin(scope, headers, host)):
            cure = "Reload the page and try again; a page from elsewhere may not do this."
            return self._refuse(scope, 403, "The request did not come from one of our pages.", cure)
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > BODY_LIMIT:
            return self._refuse(scope, 413, *TOO_LARGE)
        if _is_room(scope["path"]):
            # Whoever was invited has no key to the rest; the secret in the address is the key to the room.
            return None
        cookie = f"torchdojo-{host.rpartition(':')[2] if ':' in host else '80'}"
        return self._check_token(scope, headers, cookie, safe=safe)

    def _may_connect(self, scope: Scope, headers: Headers) -> bool:
        """Sockets lead into rooms alone. No browser asks before a page from elsewhere opens one: the origin tells."""
        host = headers.get("host", "")
        scheme = "https" if scope["scheme"] == "wss" else "http"
        ours = headers.get("origin") == f"{scheme}://{host}"
        return ours and _host_name(host) in self._hosts and _is_room(scope["path"])

    def _check_token(self, scope: Scope, headers: Headers, cookie: str, *, safe: bool) -> Response | None:
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        offered = next((value for name, value in query if name == "token"), None)
        if safe and offered is not None and self._is_token(offered):
            rest = urlencode([pair for pair in query if pair[0] != "token"])
            # One slash only: "//name" would be an address on another machine.
            path = "/" + scope["path"].lstrip("/")
            response = RedirectResponse(f"{path}?{rest}" if rest else path, status_code=303)
            response.set_cookie(cookie, self._token, httponly=True, samesite="lax", path="/")
            return response
        if self._is_token(_cookies(headers).get(cookie, "")):
            return None
        fact = "This page belongs to another start of the server, or was opened without its key."
        return self._refuse(scope, 403, fact, "Open the full address that the terminal printed, including ?token=….")

    def _is_token(self, offered: str) -> bool:
        return secrets.compare_digest(offered.encode(), self._token.encode())


def loopback_hosts(bound_to: str) -> frozenset[str]:
    """The host names a server bound to `bound_to` may be addressed by."""
    return frozenset({"127.0.0.1", "localhost", "[::1]", _bracketed(bound_to)})


def _bracketed(host: str) -> str:
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host.lower()


def _host_name(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def _is_room(path: str) -> bool:
    return path.startswith("/i/")


def _may_navigate(headers: Headers) -> bool:
    """Reading: our own pages, and a person following a link or typing the address; no foreign frame or fetch."""
    site = headers.get("sec-fetch-site", "none")
    return site in ("same-origin", "none") or (
        headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    )


def _same_origin(scope: Scope, headers: Headers, host: str) -> bool:
    """Writing: only from a page of ours. A browser always says where a write comes from; silence is refused."""
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if origin is not None and origin != f"{scope['scheme']}://{host}":
        return False
    return site == "same-origin" if site is not None else origin is not None


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > BODY_LIMIT:
                raise HTTPException(413)
        return message

    return limited


def _add_headers(headers: MutableHeaders, nonce: str, path: str) -> None:
    headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            # Each person's cursor in the shared editor has a colour of its own.
            *(("style-src-attr 'unsafe-inline'",) if _is_room(path) else ()),
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
    headers["X-Content-Type-Options"] = "nosniff"
    # The address of a room holds its secret.
    headers["Referrer-Policy"] = "no-referrer" if _is_room(path) else "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # A page restored from a cache would show an old draft as if it were the newest.
    headers["Cache-Control"] = "no-cache" if path.startswith("/static/") else "no-store"

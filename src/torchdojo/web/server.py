"""Start the application on a port and tell the person where it is."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import secrets
import socket
import webbrowser
from collections.abc import Callable
from types import FrameType

import uvicorn

from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadInput
from torchdojo.web.application import create_app
from torchdojo.web.gate import loopback_hosts
from torchdojo.web.rooms.messages import MOST_BYTES


def serve(dojo: Dojo, *, host: str, port: int, open_browser: bool, announce: Callable[[str], None]) -> None:
    """Serve until interrupted. `announce` receives the first address, with its key, once it can be opened.

    Port 0 takes any free port. Raises BadInput when the address cannot be had.
    """
    listener = _listen(host, port)
    shown_host = f"[{host}]" if ":" in host else host
    token = secrets.token_urlsafe(24)
    address = f"http://{shown_host}:{listener.getsockname()[1]}/?token={token}"
    app = create_app(dojo, token=token, hosts=loopback_hosts(host))
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        # What people type is too short to be worth compressing. Larger messages reach us, to be refused in words.
        ws_per_message_deflate=False,
        ws_max_size=4 * MOST_BYTES,
    )

    def before_exit() -> None:
        app.state.runs.close()
        app.state.hall.close()

    server = _Server(config, before_exit=before_exit)

    def ready() -> None:
        announce(address)
        if open_browser:
            webbrowser.open(address)

    # An interrupt is how a server ends, not a mishap.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server, listener, ready))


class _Server(uvicorn.Server):
    """Tells the runs to end before it waits for their connections."""

    def __init__(self, config: uvicorn.Config, *, before_exit: Callable[[], None]) -> None:
        super().__init__(config)
        self._before_exit = before_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._before_exit()
        super().handle_exit(sig, frame)


async def _serve(server: uvicorn.Server, listener: socket.socket, ready: Callable[[], None]) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        # Finding a browser can take a second; the first page should not wait for it.
        await asyncio.to_thread(ready)
    await serving


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise BadInput(f"The host {host!r} is not known.", "Leave --host out to serve on this machine only.") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Listening now rather than later: until then another program could still take the port.
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise BadInput(*_why_not(host, port, error)) from None
    return listener


def _why_not(host: str, port: int, error: OSError) -> tuple[str, str]:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program.", f"Choose another: torchdojo serve --port {port + 1}"
    if error.errno == errno.EACCES:
        return (
            f"Port {port} may only be used by the administrator.",
            "Choose one above 1023: torchdojo serve --port 8000",
        )
    cure = "Leave --host out to serve on this machine only."
    return f"{host} port {port} cannot be listened on ({error.strerror}).", cure

"""All rooms that people are in, in this process. Commit first, then tell: nobody hears of what could still be lost."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect

from torchdojo.app import invitations
from torchdojo.app.compose import Dojo
from torchdojo.app.interview_acts import act
from torchdojo.app.interview_runs import AskedRun, ask_run, carry_out
from torchdojo.app.interviewing import LiveRoom, Step
from torchdojo.app.rehearsing import act_alone, leave
from torchdojo.app.room_looks import AskedLook, ask_look, at_hand, look_up, open_look
from torchdojo.domain.errors import BadInput, Cancelled, DojoError
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.domain.looks import Look
from torchdojo.interview.visibility import seen_by
from torchdojo.web.rooms import client as away
from torchdojo.web.rooms import messages, telling
from torchdojo.web.rooms.client import Client
from torchdojo.web.rooms.dressing import dressed_snapshot
from torchdojo.web.rooms.writing import Writer

#: How often it is looked whether a link still holds, and a page is told that the server is there. A page that hears
#: nothing for 30 seconds takes its connection for lost.
LINK_SECONDS = 5.0
_ALIVE = messages.ours({"type": "alive"})
MOST_CLIENTS = 32

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Looking:
    """A look whose recording is being made, and what stops that."""

    asked: AskedLook
    cancel: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class _Table:
    """A room with the people in it. `cancel` stops the run that goes on; `visits` counts who comes or goes, too."""

    live: LiveRoom
    clients: list[Client] = field(default_factory=list)
    cancel: threading.Event | None = None
    looking: _Looking | None = None
    visits: int = 0

    @property
    def busy(self) -> bool:
        """Whether something runs for it that will be written down."""
        return self.cancel is not None or self.looking is not None

    @property
    def look(self) -> Look | None:
        """The look that is being opened."""
        return None if self.looking is None else self.looking.asked.look


class Hall:
    """The rooms of one server. Their logs are written by one thread, so that all changes have one order."""

    def __init__(self, dojo: Dojo, *, concurrent_runs: int | None = None) -> None:
        self._dojo = dojo
        self._writer = Writer(lambda: dojo.store.together(), self._go_back)
        self._tables: dict[str, _Table] = {}
        self._opening = asyncio.Lock()
        self._places = asyncio.Semaphore(concurrent_runs or os.cpu_count() or 1)
        self._running: set[asyncio.Task[None]] = set()
        self._closing = False

    def close(self) -> None:
        """Send everybody away; their pages come back once there is a server again."""
        self._closing = True
        for table in self._tables.values():
            if table.cancel:
                table.cancel.set()
            if table.looking:
                table.looking.cancel.set()
            for client in table.clients:
                client.close(away.GOING_AWAY, "The server is stopping. The page connects again when it is back.")

    async def empty(self) -> None:
        """Wait until all runs and partings have been written down."""
        self.close()
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
        self._writer.close()

    async def at_log(self, work: Callable[[], T]) -> T:
        """Do `work` in the thread that owns the rooms."""
        return await asyncio.wrap_future(self._writer.submit(work))

    def _go_back(self) -> None:
        """In the writer's thread, when something could not be kept."""
        for table in list(self._tables.values()):
            table.live.go_back()

    async def room(self, room: str) -> LiveRoom:
        """The room, read from its log when nobody was in it. Raises BadInput when there is none."""
        return (await self._table(room)).live

    async def _table(self, room: str) -> _Table:
        async with self._opening:
            table = self._tables.get(room)
            if table is None:
                table = _Table(await self.at_log(lambda: LiveRoom(self._dojo, room)))
                self._tables[room] = table
            return table

    async def do(self, room: str, work: Callable[[LiveRoom], tuple[T, list[Event]]]) -> T:
        """What the host does in a room; whoever is there is told of it. Raises BadInput when there is no such room."""
        table = await self._table(room)
        result, events = await self.at_log(lambda: work(table.live))
        await self._tell(table, events)
        self._clear(table)
        return result

    async def visit(self, socket: WebSocket, room: str, secret: str) -> None:
        """Serve one web socket from its opening to its end."""
        await socket.accept()
        try:
            link = await self.at_log(lambda: invitations.check_link(self._dojo, room, secret))
            table = await self._table(room)
        except DojoError as error:
            await socket.close(away.NOT_ALLOWED if isinstance(error, BadInput) else away.SLOW, _reason(str(error)))
            return
        if self._closing or len(table.clients) >= MOST_CLIENTS:
            reason = "The server is stopping." if self._closing else f"There are {MOST_CLIENTS} people here already."
            await socket.close(away.GOING_AWAY if self._closing else away.TOO_FAST, reason)
            return
        await self._serve(table, Client(socket, link), socket)

    def _clear(self, table: _Table) -> None:
        """Let go of a room that nobody is in. Its log has everything; but a clock that runs, runs on."""
        idle = not table.visits and not table.live.state.clock.running and not table.busy
        if idle and self._tables.get(table.live.id) is table:
            del self._tables[table.live.id]

    async def _serve(self, table: _Table, client: Client, socket: WebSocket) -> None:
        table.visits += 1
        tasks = [asyncio.create_task(client.write()), asyncio.create_task(self._watch(client))]
        try:
            await self._welcome(table, client)
            tasks.append(asyncio.create_task(self._listen(table, client, socket)))
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if client in table.clients:
                table.clients.remove(client)
            # A visit that is cut short by the server has an end, too.
            await asyncio.shield(self._keep(self._part(table, client, tasks)))

    async def _part(self, table: _Table, client: Client, tasks: list[asyncio.Task[None]]) -> None:
        try:
            if client.closing:
                # Its farewell is on the way.
                await asyncio.wait(tasks[:1], timeout=away.FAREWELL_SECONDS + 1)
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                    _log.error("a client of room %s was lost", table.live.id, exc_info=result)
            await self._farewell(table, client)
        finally:
            table.visits -= 1
            self._clear(table)

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """`work` as a task that goes on whatever becomes of who asked for it."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _welcome(self, table: _Table, client: Client) -> None:
        live, role = table.live, client.link.role

        def enter() -> tuple[list[Event], list[dict[str, Any]], bytes]:
            events = live.append((role, Happening.JOINED, {"name": str(role)}))
            return events, telling.missed(live, role), live.text.state()

        events, missed, state = await self.at_log(enter)
        client.send(messages.sync(messages.STATE, state))
        for message in missed:
            client.send(messages.ours(message))
        client.send(telling.looking(table.look))
        there = [person for other in table.clients for person in other.people.values()]
        if there:
            client.send(messages.awareness(there))
        table.clients.append(client)
        await self._tell(table, events)
        self._tell_people(table)

    async def _farewell(self, table: _Table, client: Client) -> None:
        gone = [messages.Presence(each.client, each.clock + 1, "null") for each in client.people.values()]
        if gone:
            for other in table.clients:
                other.send(messages.awareness(gone))
        self._tell_people(table)
        role = client.link.role

        def go() -> list[Event]:
            events = table.live.append((role, Happening.LEFT, {"name": str(role)}))
            # Whoever rehearses alone stops the clock by leaving.
            return events + leave(table.live) if table.live.state.alone and not table.clients else events

        with contextlib.suppress(DojoError, RuntimeError):
            await self._tell(table, await self.at_log(go))

    async def _watch(self, client: Client) -> None:
        while True:
            await asyncio.sleep(LINK_SECONDS)
            try:
                link = await self.at_log(lambda: self._dojo.store.room_link(client.link.secret_hash))
                invitations.checked(self._dojo, link or client.link)
            except BadInput as error:
                client.close(away.NOT_ALLOWED, _reason(str(error)))
                # Until it is sent away, nothing of it is listened to.
                await asyncio.Event().wait()
            except DojoError:
                pass
            client.send(_ALIVE)

    async def _listen(self, table: _Table, client: Client, socket: WebSocket) -> None:
        while not client.closing:
            received = await socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            data = received.get("bytes")
            size = len(data or received.get("text") or "")
            if client.too_fast(size):
                client.close(away.TOO_FAST, "Too many messages at once. Reload the page; what was kept is safe.")
            elif size > messages.MOST_BYTES:
                client.close(away.TOO_LARGE, "That was larger than 200 kB and is not kept. Reload the page.")
            elif data is None:
                client.close(away.MALFORMED, "That message could not be read. Reload the page.")
            else:
                await self._take(table, client, data)
        # The farewell ends the visit, not the silence after it.
        await asyncio.Event().wait()

    async def _take(self, table: _Table, client: Client, data: bytes) -> None:
        try:
            message = messages.read(data)
            if isinstance(message, messages.Sync):
                await self._sync(table, client, message)
            elif isinstance(message, messages.Seen):
                self._move(table, client, message.people)
            elif isinstance(message, messages.WhoIsThere):
                there = [person for other in table.clients for person in other.people.values()]
                client.send(messages.awareness(there))
            else:
                await self._do(table, client, message)
        except messages.Malformed as error:
            client.close(away.MALFORMED, f"That message could not be read ({error}). Reload the page.")
        except BadInput as error:
            number = message.content.get("id") if isinstance(message, messages.Asked) else None
            client.send(telling.refused(error.fact, error.cure, number))
        except DojoError as error:
            _log.error("room %s: %s", table.live.id, error)
            client.close(away.SLOW, "It could not be kept. The page connects and sends it again.")

    async def _sync(self, table: _Table, client: Client, message: messages.Sync) -> None:
        live, role = table.live, client.link.role
        if message.kind == messages.STATE:
            try:
                missing = await self.at_log(lambda: live.text.missing(message.data))
            except BadInput as error:
                raise messages.Malformed(error.fact) from error
            client.send(messages.sync(messages.MISSING, missing))
            return
        if role is Actor.OBSERVER:
            return
        try:
            event = await self.at_log(lambda: live.edit(role, message.data))
        except BadInput as error:
            # The page has a text now that nobody else has, and what is typed next would follow from it.
            client.close(away.OUT_OF_STEP, _reason(f"{error.fact} Reload the page."))
            return
        if event is not None:
            await self._tell(table, [event], but=client)
        # One answer to each change, and another one to all that the page had from before: it counts them.
        client.send(messages.ours({"type": "kept" if message.kind == messages.UPDATE else "caught_up"}))

    def _move(self, table: _Table, client: Client, people: Iterable[messages.Presence]) -> None:
        others = [other for other in table.clients if other is not client]
        taken = {number for other in others for number in other.people}
        role = client.link.role
        own = [messages.dressed(person, str(role)) for person in people if person.client not in taken]
        for person in own:
            if person.client in client.people or len(client.people) < 2:
                client.people[person.client] = person
        for other in others:
            if own:
                other.send(messages.awareness(own))

    async def _do(self, table: _Table, client: Client, message: messages.Asked) -> None:
        role, asked = client.link.role, message.content
        if asked.get("act") == "run":
            run = await self.at_log(lambda: ask_run(table.live, role))
            self._begin(table, run)
            await self._tell(table, [run.event])
        elif asked.get("act") == "stop":
            if table.cancel is None or role is Actor.OBSERVER:
                raise BadInput("There is no run that you could stop.")
            table.cancel.set()
        elif asked.get("act") == "look":
            await self._look(table, role, client, asked.get("look"))
        else:
            alone = table.live.state.alone and role is Actor.CANDIDATE

            def do() -> list[Event]:
                if alone:
                    return act_alone(table.live, asked)
                return act(table.live, role, asked, seat=invitations.seat_of(client.link))

            await self._tell(table, await self.at_log(do))
        if "id" in asked:
            client.send(messages.ours({"type": "done", "id": asked["id"]}))

    def _begin(self, table: _Table, run: AskedRun) -> None:
        table.cancel = threading.Event()
        self._keep(self._run(table, run, table.cancel))

    async def _run(self, table: _Table, run: AskedRun, cancel: threading.Event) -> None:
        loop = asyncio.get_running_loop()

        async def keep(steps: list[Step]) -> None:
            await self._tell(table, await self.at_log(lambda: table.live.append(*steps)))

        def record(steps: list[Step]) -> None:
            # Waiting for the log slows the run down, rather than filling the memory.
            asyncio.run_coroutine_threadsafe(keep(steps), loop).result()

        async with self._places:
            try:
                await asyncio.to_thread(
                    carry_out, self._dojo, run, record, cancel=cancel, gives_time_back=table.live.state.alone
                )
            except Exception:
                _log.exception("the end of a run could not be written down")
            finally:
                table.cancel = None
                self._clear(table)

    async def _look(self, table: _Table, role: Actor, client: Client, name: object) -> None:
        asked = await self.at_log(lambda: ask_look(table.live, role, name))
        if table.looking is not None:
            raise BadInput(
                f"{table.looking.asked.look.heading} is being opened.", "Wait for it; then ask for the next one."
            )
        table.looking = _Looking(asked)
        self._keep(self._open(table, client, table.looking))
        self._tell_looking(table)

    async def _open(self, table: _Table, client: Client, looking: _Looking) -> None:
        """Have what is to be seen, which may take seconds, and open it. What goes wrong costs nothing."""
        asked = looking.asked
        events: list[Event] = []
        try:
            exhibits = await asyncio.to_thread(at_hand, self._dojo, asked)
            if exhibits is None:
                async with self._places:
                    exhibits = await asyncio.to_thread(look_up, self._dojo, asked, cancel=looking.cancel)
            events = await self.at_log(lambda: open_look(table.live, asked, exhibits))
        except Cancelled:
            pass
        except DojoError as error:
            client.send(telling.refused(error.fact, error.cure))
        except Exception:
            _log.exception("a look could not be opened")
            client.send(
                telling.refused("We broke, not you: the look could not be opened.", "Nothing was counted; try again.")
            )
        finally:
            with contextlib.suppress(DojoError, RuntimeError):
                await self._tell(table, events)
            table.looking = None
            self._tell_looking(table)
            self._clear(table)

    def _tell_looking(self, table: _Table) -> None:
        for client in table.clients:
            client.send(telling.looking(table.look))

    async def _tell(self, table: _Table, events: list[Event], *, but: Client | None = None) -> None:
        """Send what happened, to each what their role may see."""
        # Who enters while this waits is shown the same by the log.
        clients = list(table.clients)
        loud = any(telling.is_loud(event) for event in events)
        views = {_view(client) for client in clients}
        snapshots = await self.at_log(lambda: {v: dressed_snapshot(table.live, *v) for v in views}) if loud else {}
        for client in clients:
            role = client.link.role
            seen = [found for event in events if (found := seen_by(role, event)) is not None]
            for event in seen:
                message = telling.of_event(event)
                if message is not None and not (client is but and event.kind is Happening.EDIT):
                    client.send(message)
            if snapshots and (seen or role is not Actor.CANDIDATE or table.live.state.alone):
                client.send(messages.ours({"type": "state", "state": snapshots[_view(client)]}))

    def _tell_people(self, table: _Table) -> None:
        there = sorted(str(client.link.role) for client in table.clients)
        for client in table.clients:
            client.send(messages.ours({"type": "people", "people": there}))


def _view(client: Client) -> tuple[Actor, int]:
    """What is shown alike to everybody who has the same of these."""
    return client.link.role, invitations.seat_of(client.link)


def _reason(text: str) -> str:
    # The protocol has 123 bytes for it.
    return text.encode()[:120].decode(errors="ignore")

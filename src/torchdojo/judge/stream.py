"""Everything one candidate job says: its trace, the tensors it captured, how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torchdojo.domain.trace import Event, Place, Trace
from torchdojo.judge.events import MAX_EVENTS, MAX_PLACES, Malformed, read_event, read_place, whole_event
from torchdojo.judge.samples import fill_in_samples
from torchdojo.judge.session import CandidateJob
from torchdojo.patience import NO_WAITING, Deadline
from torchdojo.wire import Frame, TensorData, WireClosed, WireTimeout, signature

Listener = Callable[[Sequence[Event]], None]


class Stream:
    """Reads one job's frames up to "ended"; afterwards the job may still be asked for predictions."""

    def __init__(
        self,
        job: CandidateJob,
        tensors: Mapping[str, TensorData],
        key: str,
        *,
        keep: bool = False,
        listener: Listener | None = None,
    ) -> None:
        """Read `job`; `tensors` go out with the first frame, and the `key` that signs what comes back.

        `keep` leaves the child alive for questions.
        """
        self.job = job
        #: A backward pass was recorded.
        self.trains = False
        #: No more events will come.
        self.done = False
        #: Why the stream cannot be trusted, "" when it can.
        self.broken = ""
        #: What the script did to reach the recording, "" when it did not.
        self.tampered = ""
        self.captured: list[Frame] = []
        self.evaluated: list[Frame] = []
        #: The "ended" header, None when the child never got that far.
        self.ended: Mapping[str, Any] | None = None
        self._keep = keep
        self._listener = listener
        self._events: list[Event] = []
        self._places: list[Place] = []
        self._templates: list[Any] = []
        self._next = 0
        self._key = key
        self._signed = 0
        job.send({"type": "go", "key": key}, tensors)

    @property
    def trace(self) -> Trace:
        """What has been recorded so far."""
        return Trace(tuple(self._events), tuple(self._places))

    def poll(self) -> bool:
        """Take in what has arrived, without waiting; whether anything had."""
        taken = False
        while not self.done:
            try:
                self._take(self.job.next_frame(NO_WAITING))
            except WireTimeout:
                break
            except WireClosed:
                self.broken = self.broken or self.job.protocol_error
                self.done = True
            except Malformed as fault:
                self.broken = f"the recorded run holds {fault}"
                self.done = True
                self.job.kill()
            taken = True
        return taken

    def ask(self, header: Mapping[str, Any], tensors: Mapping[str, TensorData], seconds: float) -> Frame | None:
        """The child's answer to a question after the end of the run; None when it gives none in time."""
        if self.ended is None or self.broken:
            return None
        try:
            answer = self.job.ask(header, tensors, Deadline(seconds))
            self._check_signature(answer)
        except (WireClosed, WireTimeout):
            return None
        except Malformed as fault:
            self.broken = f"the recorded run holds {fault}"
            return None
        return answer

    def dismiss(self) -> None:
        """Let the child go."""
        self.job.send({"type": "bye"})

    def _check_signature(self, frame: Frame) -> None:
        if frame.header.get("signature") != signature(self._key, self._signed):
            raise Malformed("a frame that the recorder did not send")
        self._signed += 1

    def _take(self, frame: Frame) -> None:
        if frame.type != "hello":
            self._check_signature(frame)
        match frame.type:
            case "hello":
                pass
            case "events":
                self._take_events(frame)
            case "captured":
                self.captured.append(frame)
            case "evaluated":
                self.evaluated.append(frame)
            case "ended":
                self.ended = frame.header
                self.done = True
                if not self._keep:
                    self.dismiss()
            case "tampered":
                self.tampered = f"{frame.header.get('what')!s:.60} on line {frame.header.get('line')!s:.10}"
                self.broken = "the script reached for the process that records it"
                self.done = True
                self.job.kill()
            case other:
                raise Malformed(f"a frame of type {other!r:.60}")

    def _take_events(self, frame: Frame) -> None:
        header = frame.header
        if header.get("seq") != self._next:
            raise Malformed(f"frame {header.get('seq')!r:.20} where {self._next} was due")
        self._next += 1
        places, templates, events = header.get("places", []), header.get("templates", []), header.get("events")
        if type(places) is not list or type(templates) is not list or type(events) is not list:
            raise Malformed("a frame without a list of events")
        if self._events and self._events[-1]["t"] == "end":
            raise Malformed("events after its end")
        self._places.extend(map(read_place, places))
        self._templates.extend(templates)
        new = [read_event(whole_event(raw, self._templates)) for raw in events]
        fill_in_samples(new, header.get("samples", []), frame.tensors)
        self._events.extend(new)
        self.trains = self.trains or any(event["t"] == "backward" for event in new)
        if len(self._events) > MAX_EVENTS or len(self._places) + len(self._templates) > MAX_PLACES:
            raise Malformed("more events than any honest run")
        if self._listener is not None:
            self._listener(new)

"""Fallback runner."""
from __future__ import annotations

import ast, os, random, signal, sys, time, traceback, types
from pathlib import Path
from typing import Any
import numpy as np
import torch
from torch import nn
from torchdojo.domain.trace import Place, Trace
from torchdojo.wire import Channel, TensorData, WireError
from torchdojo.harness.recorder import Recorder

FOREVER = 10**9


class Stop(BaseException):
    pass


def pack(t: torch.Tensor) -> TensorData:
    t = t.detach().cpu().contiguous()
    name = str(t.dtype)[6:]
    raw = t.view(torch.int16) if t.dtype == torch.bfloat16 else t
    return TensorData(name, tuple(t.shape), raw.numpy().tobytes())


def unpack(d: TensorData) -> torch.Tensor:
    dtype = getattr(torch, d.dtype)
    if not d.data: return torch.empty(d.shape, dtype=dtype)
    return torch.frombuffer(bytearray(d.data), dtype=dtype).reshape(d.shape)


class ScriptRun:
    def __init__(self, source: str, filename: str, *, name: str | None = None, seed: int = 0, accelerator: str | None = None, sample: int = 24, stop_after: dict | None = None,
                 replace_data: str | None = None, data: list | None = None, initial_weights: dict | None = None, dropout_off: bool = False, capture_steps: int = 0,
                 capture_evaluation: bool = False, optimizer: dict | None = None, send: Any = None):
        self.source, self.filename = source, filename
        self.seed, self.accel_name, self.stop_after = seed, accelerator, stop_after or {}
        self.replace_data, self.data = replace_data, data or []
        self.weights, self.dropout_off, self.capture_steps, self.capture_evaluation, self.transplant = initial_weights, dropout_off, capture_steps, capture_evaluation, optimizer
        self.send = send or (lambda h, t=None: None)
        self.accel = None
        if accelerator is not None:
            from torchdojo.harness import accelerator as A
            self.accel = A.install(accelerator)
            device_of = self.accel.device_of
        else: device_of = None
        self.rec = Recorder(filename, sample=sample, device_of=device_of, quiet=None if self.accel is None else self.accel.unobserved)
        self.rec.before_forward = self._before_forward; self.rec.on_forward = self._on_forward; self.rec.on_step = self._on_step; self.rec.flush = self._flush
        self.weights_loaded = None; self.captured = 0; self.inputs: list = []; self.eval_passes = 0; self.in_eval = False; self.n_steps = 0
        self.sent = 0; self.places_sent = 0; self.seq = 0; self.last_flush = 0.0
        self.t0 = time.monotonic()
        self.captured_eval = 0; self.train_cls: set = set()

    # -- streaming
    def _flush(self, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self.last_flush < 0.05 and len(self.rec.events) - self.sent < 400: return
        if self.sent == len(self.rec.events): return
        self.last_flush = now
        ev = self.rec.events[self.sent:]; pl = self.rec.places[self.places_sent:]
        self.sent = len(self.rec.events); self.places_sent = len(self.rec.places)
        for i in range(0, len(ev), 100):
            self.send({"type": "events", "seq": self.seq, "places": pl if i == 0 else [], "events": ev[i:i + 100]}); self.seq += 1

    # -- hooks
    def _before_forward(self, module: Any, args: Any) -> None:
        if self.weights is not None and self.weights_loaded is None and isinstance(module, nn.Module):
            try:
                sd = module.state_dict()
                if set(sd) == set(self.weights) and all(sd[k].shape == v.shape for k, v in self.weights.items()):
                    module.load_state_dict(self.weights); self.weights_loaded = True
                else: self.weights_loaded = False
            except Exception: self.weights_loaded = False
        if self.dropout_off:
            for m in module.modules():
                if isinstance(m, nn.modules.dropout._DropoutNd): m.p = 0.0

    def _on_forward(self, e: Any, module: Any, args: Any, out: Any) -> None:
        x = next((a for a in args if isinstance(a, torch.Tensor)), None)
        is_eval = self.n_steps > 0 and not self._trains(e, out, module)
        if self.capture_steps and self.captured < self.capture_steps and x is not None and not is_eval:
            self.inputs.append((x.detach().clone(), e["train_leaves"] > 0, {n: b.detach().clone() for n, b in module.named_buffers()}))
            self.inputs = self.inputs[-8:]
        if is_eval:
            if not self.in_eval: self.in_eval = True; self.eval_passes += 1
            if self.capture_evaluation and self.eval_passes == 1 and x is not None and isinstance(out, torch.Tensor):
                t = {"input": pack(x), "output": pack(out)}
                if self.captured_eval == 0:
                    t.update({f"state.{k}": pack(v) for k, v in module.state_dict().items()})
                self.captured_eval += 1
                self.send({"type": "evaluated", "index": self.captured_eval - 1, "cls": e["cls"]}, t)

    def _trains(self, e: Any, out: Any, module: Any) -> bool:
        # before its backward nobody can know: a forward that follows evaluation is settled at the next step
        return bool(e["out_grad"]) and e["train_leaves"] >= e["eval_leaves"] and not self._looks_like_eval

    _looks_like_eval = False

    def _on_step(self, e: Any, opt: Any) -> None:
        if e["t"] == "before":
            if self.transplant is not None:
                lrs = self.transplant["lrs"]; i = min(self.n_steps, len(lrs) - 1)
                for g, lr in zip(opt.param_groups, lrs[i] if isinstance(lrs[i], list) and len(lrs[i]) == len(opt.param_groups) else [lrs[i][0] if isinstance(lrs[i], list) else lrs[i]] * len(opt.param_groups)): g["lr"] = lr
            if self.captured < self.capture_steps and self.rec.trained:
                self._capture(self.rec.trained[-1])
            return
        self.n_steps += 1
        if self.in_eval: self.in_eval = False
        self._check_stop()

    def _capture(self, model: Any) -> None:
        t: dict[str, TensorData] = {}
        for n, p in model.named_parameters():
            t[f"param.{n}"] = pack(p)
            if p.grad is not None: t[f"grad.{n}"] = pack(p.grad)
        for k, (x, training, buffers) in enumerate(self.inputs):
            t[f"input.{k}"] = pack(x)
            for n, b in buffers.items(): t[f"buffer.{k}.{n}"] = pack(b)
        self.send({"type": "captured", "step": self.captured, "model": type(model).__name__, "inputs": len(self.inputs), "training": [tr for _, tr, _ in self.inputs]}, t)
        self.captured += 1; self.inputs = []

    def _check_stop(self) -> None:
        s = self.stop_after
        if s and self.n_steps >= s.get("steps", 0) and self.eval_passes >= s.get("evaluation_passes", 0): raise Stop

    # -- data replacement
    def _wrap_data(self, function: Any) -> Any:
        calls = iter(range(FOREVER))
        def replacement(*a: Any, **k: Any) -> Any:
            own = function(*a, **k); i = next(calls)
            try:
                x, y = self.data[2 * i % len(self.data)], self.data[(2 * i + 1) % len(self.data)]
                return self._like(own, x, y)
            except Exception: return own
        return replacement

    def _like(self, own: Any, x: torch.Tensor, y: torch.Tensor) -> Any:
        if isinstance(own, (tuple, list)) and len(own) == 2:
            pair = [self._one(o, v) for o, v in zip(own, (x, y))]
            return type(own)(pair) if isinstance(own, list) else tuple(pair)
        return own

    def _one(self, own: Any, v: torch.Tensor) -> Any:
        n = len(own)
        v = v[torch.arange(n) % v.shape[0]]
        if own.ndim == 1 and v.ndim > 1: v = v.reshape(n, -1)[:, 0]
        elif own.ndim == v.ndim + 1: v = v.unsqueeze(-1)
        if isinstance(own, np.ndarray): return v.numpy().astype(own.dtype)
        return v.to(own.dtype).to(own.device)

    # -- the run
    def run(self) -> Trace:
        rec = self.rec
        random.seed(self.seed); np.random.seed(self.seed % 2**32); torch.manual_seed(self.seed)
        end: dict[str, Any] = {"t": "end", "how": "finished", "error": None, "message": None, "line": None, "function": None, "at": -1}
        module = types.ModuleType("__main__"); module.__file__ = self.filename
        module.__dict__["__builtins__"] = __builtins__
        sys.modules["__main__"] = module
        sys.argv = [self.filename]
        rec.install()
        if self.transplant is not None: self._install_transplant()
        try:
            tree = ast.parse(self.source, self.filename)
            ns = module.__dict__
            if self.replace_data:
                for node in tree.body:
                    exec(compile(ast.Module([node], []), self.filename, "exec", dont_inherit=True), ns)
                    if isinstance(node, ast.FunctionDef) and node.name == self.replace_data: ns[node.name] = self._wrap_data(ns[node.name])
            else: exec(compile(tree, self.filename, "exec", dont_inherit=True), ns)
        except Stop: end["how"] = "stopped"
        except SystemExit as x: end["how"] = "exit"; end["message"] = str(x.code); self._locate(end, x)
        except BaseException as x:
            end["how"] = "exception"; end["error"] = type(x).__name__; end["message"] = str(x)[:500]; self._locate(end, x); self._show(x)
        self._module = module
        end["seconds"] = time.monotonic() - self.t0
        end["patched"] = rec.replaced(); end["accelerator_ops"] = None if self.accel is None else int(self.accel.operations)
        rec.events.append(end)
        rec.uninstall()
        if self.accel is not None: self.accel.uninstall()
        self._flush(True)
        return Trace(rec.events, [Place(*p) for p in rec.places])

    def _locate(self, end: dict[str, Any], x: BaseException) -> None:
        if isinstance(x, SyntaxError): end["line"] = x.lineno; return
        for f, line in traceback.walk_tb(x.__traceback__):
            if f.f_code.co_filename == self.filename: end["line"] = line; end["function"] = f.f_code.co_name

    def _show(self, x: BaseException) -> None:
        te = traceback.TracebackException(type(x), x, x.__traceback__)
        keep = [f for f in te.stack if f.filename == self.filename or "torchdojo" not in f.filename]
        te.stack = traceback.StackSummary.from_list([f for f in keep])
        te.stack = traceback.StackSummary.from_list([f for f in te.stack if "torchdojo" not in f.filename])
        print("".join(te.format()), file=sys.stderr, end="", flush=True)

    def _install_transplant(self) -> None:
        import importlib
        t = self.transplant; cls = getattr(importlib.import_module(t["module"]), t["cls"])
        def factory(params: Any, *a: Any, **k: Any) -> Any:
            import inspect
            ok = set(inspect.signature(cls).parameters)
            return cls(params, **{n: v for n, v in t["hyper"].items() if n in ok and v is not None})
        for n in dir(torch.optim):
            v = getattr(torch.optim, n)
            if isinstance(v, type) and issubclass(v, torch.optim.Optimizer) and v is not torch.optim.Optimizer: setattr(torch.optim, n, factory)


def record_script(source: str, filename: str = "script.py", **options: Any) -> Trace:
    saved = sys.modules["__main__"], sys.argv
    try: return ScriptRun(source, filename, **options).run()
    finally: sys.modules["__main__"], sys.argv = saved


def run(context: Any) -> int:
    r = dict(context.request); channel = Channel(context.channel)
    channel.send({"type": "hello"})
    go = channel.receive(time.monotonic() + 60)
    filename = str(Path(context.workdir) / r["filename"])
    source = (Path(context.workdir) / r["filename"]).read_text(encoding="utf-8")
    data = [unpack(go.tensors[k]) for k in sorted(go.tensors) if k.startswith("data.")]
    weights = {k[8:]: unpack(v) for k, v in go.tensors.items() if k.startswith("weights.")} or None
    def send(h: Any, t: Any = None) -> None:
        try: channel.send(h, t)
        except WireError: pass
    job = ScriptRun(source, filename, seed=r["seed"], accelerator=r.get("accelerator"), sample=r.get("sample", 24), stop_after=r.get("stop_after"), replace_data=r.get("replace_data"), data=data,
                    initial_weights=weights if r.get("initial_weights") else None, dropout_off=r.get("dropout_off", False), capture_steps=r.get("capture_steps", 0), capture_evaluation=r.get("capture_evaluation", False), optimizer=r.get("optimizer"), send=send)
    job.run()
    sys.stdout.flush(); sys.stderr.flush()
    model = job.rec.trained[-1] if job.rec.trained else None
    send({"type": "ended", "model": None if model is None else {"cls": type(model).__name__, "state": [[k, str(v.dtype)[6:], list(v.shape)] for k, v in model.state_dict().items()]}, "weights_loaded": job.weights_loaded})
    while True:
        try: q = channel.receive(time.monotonic() + 120)
        except WireError: return 0
        if q.type == "bye": return 0
        if q.type == "predict" and model is not None:
            try:
                was = {m: m.training for m in model.modules()}
                nn.Module.eval(model)
                with torch.no_grad(): y = model.to("cpu")(unpack(q.tensors["x"]))
                for m, tr in was.items(): m.training = tr
                send({"type": "prediction"}, {"y": pack(y)})
            except BaseException as x: send({"type": "failed", "error": f"{type(x).__name__}: {x}"[:500]})
        elif q.type == "weights" and model is not None: send({"type": "weights"}, {f"state.{k}": pack(v) for k, v in model.state_dict().items()})
        else: send({"type": "failed", "error": "no trained model"})

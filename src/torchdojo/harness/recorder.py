"""Fallback recorder."""
from __future__ import annotations

import sys, time, weakref, math
from collections.abc import Callable
from typing import Any
import torch, torch.nn.functional as F
from torch import nn
from torch.optim.optimizer import Optimizer, register_optimizer_step_pre_hook, register_optimizer_step_post_hook
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

_B = torch._C.TensorBase
_grad = _B.grad.__get__; _fn = _B.grad_fn.__get__; _ver = _B._version.__get__; _req = _B.requires_grad.__get__
_detach = _B.detach; _item = _B.item; _ptr = _B.data_ptr
_enabled = torch.is_grad_enabled; _inference = torch.is_inference_mode_enabled
_nograd = torch.no_grad; _clock = time.monotonic; _getframe = sys._getframe
AFFINE = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Bilinear)
VIEWS = ("View", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Permute", "Select", "Slice", "Index", "Clone", "ToCopy", "Expand", "TBackward", "Alias", "UnsafeView", "Flatten", "Unbind", "Split", "NarrowBackward")
LOSSES = ("cross_entropy", "nll_loss", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div", "hinge_embedding_loss", "gaussian_nll_loss", "poisson_nll_loss", "soft_margin_loss", "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss", "cosine_embedding_loss", "triplet_margin_loss", "margin_ranking_loss", "ctc_loss")


class _Sentinel:
    __slots__ = ("__weakref__",)


class _Owned:
    """What is remembered about one parameter between a step and the next backward."""
    __slots__ = ("param", "grad", "version", "carried", "after")
    def __init__(self, param): self.param = weakref.ref(param); self.grad = None; self.version = -1; self.carried = False; self.after = (None, -1)


def rows_of(x: torch.Tensor) -> list[int]:
    with _nograd():
        x = _detach(x)
        if x.dim() == 0: return []
        x = x[:256]
        flat = x.reshape(x.shape[0], -1).to(torch.float32).to(torch.float64)
        n = flat.shape[1]
        w = torch.sin(torch.arange(1, n + 1, dtype=torch.float64) * 12.9898) * 43758.5453
        return ((flat * w).sum(1) + 0.0).view(torch.int64).tolist()


class Recorder:
    def __init__(self, filename: str, sample: int = 24, device_of: Callable[[torch.Tensor], str] | None = None, quiet: Any = None):
        if quiet is not None:
            def hush(method: Any) -> Any:
                def inner(*a: Any, **k: Any) -> Any:
                    with quiet(): return method(*a, **k)
                return inner
            for name in ("_pre", "_post", "_note_loss", "_before_backward", "_after_backward", "_step_pre", "_step_post"): setattr(self, name, hush(getattr(self, name)))
        self.filename = filename; self.sample = sample
        self.events: list[dict[str, Any]] = []; self.places: list[tuple[int, str]] = []
        self._place_cache: dict[Any, int] = {}
        self.device_of = device_of or (lambda t: str(t.device))
        self._undo: list[Callable[[], None]] = []
        self._depth = 0; self._loss_depth = 0; self._train_depth = 0
        self._models: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()
        self._next = 0; self._ids: dict[int, int] = {}; self._keep: list[Any] = []
        self._forward: dict[str, Any] | None = None
        self._last_forward: int | None = None
        self._touched: list[int] = []; self._alive: dict[int, Any] = {}; self._used: set[int] = set()
        self._model_of: dict[int, Any] = {}
        self.trained: list[Any] = []  # root modules in order of training
        self._owned: dict[int, _Owned] = {}
        self._backward_since_step = False; self._steps = 0; self._any_opt = False
        self._n_train = 0; self._n_sampled = 0; self._stride = 6
        self._probe: dict[str, Any] | None = None
        self._in_backward = False
        self.on_step: Callable[[dict[str, Any], Any], None] | None = None
        self.on_forward: Callable[[dict[str, Any], Any, Any, Any], None] | None = None
        self.before_forward: Callable[[Any, Any], None] | None = None
        self.flush: Callable[[], None] = lambda: None

    # ---- places and ids
    def at(self) -> int:
        f = _getframe(2); name = self.filename
        while f is not None:
            c = f.f_code
            if c.co_filename == name:
                key = (c, f.f_lasti); got = self._place_cache.get(key)
                if got is None:
                    q = getattr(c, "co_qualname", c.co_name)
                    got = len(self.places); self.places.append((f.f_lineno, "" if q == "<module>" else q)); self._place_cache[key] = got
                return got
            f = f.f_back
        return -1

    def ident(self, thing: Any) -> int:
        got = self._ids.get(id(thing))
        if got is None:
            got = self._ids[id(thing)] = len(self._ids); self._keep.append(thing)
        return got

    def emit(self, **e: Any) -> None:
        self.events.append(e)

    def _patch(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        old = getattr(owner, name); new = make(old)
        try: new.__name__ = getattr(old, "__name__", name); new.__doc__ = old.__doc__; new.__wrapped__ = old
        except (AttributeError, TypeError): pass
        setattr(owner, name, new)
        self._patched.append((owner, name, new))
        self._undo.append(lambda: setattr(owner, name, old))

    def replaced(self) -> list[str]:
        return [f"{getattr(o, '__name__', o)}.{n}" for o, n, new in self._patched if getattr(o, n, None) is not new]

    def install(self) -> None:
        self._patched: list[Any] = []
        h = [register_module_forward_pre_hook(self._pre), register_module_forward_hook(self._post, always_call=True),
             register_optimizer_step_pre_hook(self._step_pre), register_optimizer_step_post_hook(self._step_post)]
        self._undo += [x.remove for x in h]
        for name in LOSSES: self._patch(F, name, lambda old, name=name: self._loss(name, old))
        self._patch(torch.autograd, "backward", self._backward)
        for name in ("dropout", "batch_norm", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout"):
            self._patch(F, name, lambda old, name=name: self._leaf(name, old))
        self._patch(Optimizer, "__init__", self._optimizer)
        self._patch(Optimizer, "zero_grad", self._zero)
        self._patch(nn.Module, "zero_grad", self._zero)
        self._patch(nn.Module, "train", self._mode)
        from torch.utils.data import DataLoader
        from torch.utils.data import dataloader as dl
        self._patch(DataLoader, "__iter__", self._iter)
        self._patch(dl._BaseDataLoaderIter, "__next__", self._next_batch)
        self._patch(torch.optim.lr_scheduler.LRScheduler, "step", self._sched)

    def uninstall(self) -> None:
        while self._undo: self._undo.pop()()

    # ---- forwards
    def _params(self, module: nn.Module) -> int:
        got = self._models.get(module)
        if got is None:
            got = self._models[module] = sum(p.numel() for p in module.parameters() if p.requires_grad) if any(True for _ in module.parameters()) else -1
        return got

    def _pre(self, module: Any, args: Any) -> None:
        self._depth += 1
        if self._depth != 1 or self._loss_depth: return
        count = self._params(module)
        if count < 0: return
        if self.before_forward is not None: self.before_forward(module, args)
        x = next((a for a in args if isinstance(a, torch.Tensor)), None)
        p = next(module.parameters(), None)
        e: dict[str, Any] = {"t": "forward", "id": self._next, "model": self.ident(module), "cls": type(module).__name__, "params": count,
             "train_leaves": 0, "eval_leaves": 0, "grad": _enabled(), "inference": _inference(), "at": self.at(),
             "pdevice": self.device_of(p) if p is not None else None}
        self._next += 1
        if x is not None:
            e.update(shape=list(x.shape), dtype=str(x.dtype)[6:], device=self.device_of(x), rows=rows_of(x))
        self._forward = e
        self._probe = None
        if e["grad"] and self._n_sampled < 10 * self.sample:
            if self._n_train % self._stride == 0: self._probe = {"forward": e["id"]}

    def _post(self, module: Any, args: Any, output: Any) -> None:
        self._depth = max(0, self._depth - 1)
        e = self._forward
        if e is None: return
        if self._depth:
            if self._probe is not None and isinstance(module, AFFINE) and isinstance(output, torch.Tensor): self._probe["out"] = output
            return
        self._forward = None
        out = output
        if isinstance(out, dict): out = tuple(out.values())
        if isinstance(out, (tuple, list)): out = next((o for o in out if isinstance(o, torch.Tensor) and o.requires_grad), next((o for o in out if isinstance(o, torch.Tensor)), None))
        if out is None: e["failed"] = True; self.events.append(e); return
        if isinstance(module, AFFINE) and self._probe is not None: self._probe["out"] = out
        e["out_grad"] = bool(out.requires_grad)
        self.events.append(e); self._last_forward = e["id"]
        fn = _fn(out)
        if fn is not None:
            i = e["id"]; touched = self._touched
            fn.register_prehook(lambda g: touched.append(i))
            s = _Sentinel(); fn.metadata["torchdojo"] = s
            self._alive[i] = weakref.ref(s); self._model_of[i] = module
            self._n_train += 1
            pr = self._probe
            if pr is not None and isinstance(pr.get("out"), torch.Tensor) and pr["out"].requires_grad and pr["out"].grad_fn is not None:
                o = pr.pop("out"); pr["values"] = _detach(o)
                o.register_hook(lambda g, pr=pr: pr.__setitem__("g", _detach(g)))
                del o
                self._pending_probe = pr
        self._probe = None
        if self.on_forward is not None: self.on_forward(e, module, args, out)

    _pending_probe: dict[str, Any] | None = None

    def _leaf(self, name: str, old: Any) -> Any:
        norm = name == "batch_norm"
        def leaf(*a: Any, **k: Any) -> Any:
            e = self._forward
            if e is not None:
                if norm: training = k.get("training", a[5] if len(a) > 5 else False); active = True
                else:
                    p = k.get("p", a[1] if len(a) > 1 else 0.5); training = k.get("training", a[2] if len(a) > 2 else True); active = p > 0
                if active: e["train_leaves" if training else "eval_leaves"] += 1
            return old(*a, **k)
        return leaf

    # ---- losses
    def _loss(self, name: str, old: Any) -> Any:
        def loss(*a: Any, **k: Any) -> Any:
            if self._loss_depth: return old(*a, **k)
            self._loss_depth += 1
            try: out = old(*a, **k)
            except BaseException:
                self._note_loss(name, a, k, None, self.at()); raise
            finally: self._loss_depth -= 1
            self._note_loss(name, a, k, out, self.at())
            return out
        return loss

    def _note_loss(self, name: str, a: Any, k: Any, out: Any, at: int) -> None:
        x = a[0] if a else k.get("input"); y = a[1] if len(a) > 1 else k.get("target")
        if not isinstance(x, torch.Tensor) or not isinstance(y, torch.Tensor): return
        e: dict[str, Any] = {"t": "loss", "id": self._next, "name": name, "shape": list(x.shape), "dtype": str(x.dtype)[6:], "target_shape": list(y.shape), "target_dtype": str(y.dtype)[6:],
             "producer": self._producer(x), "forward": self._last_forward, "at": at, "weight": int(x.shape[0]) if x.dim() else 1, "grad": bool(isinstance(out, torch.Tensor) and out.requires_grad), "value": None}
        self._next += 1
        with _nograd():
            d = _detach(x)
            if isinstance(out, torch.Tensor):
                o = _detach(out); v = float(o.mean()) if o.dim() else float(o)
                if k.get("reduction") == "sum" and x.dim(): v /= max(1, x.shape[0])
                e["value"] = v if math.isfinite(v) else None
            if d.dim() >= 2 and d.is_floating_point() and d.numel():
                m = d.reshape(d.shape[0], d.shape[1], -1)[:, :, 0]
                s = m.sum(1); x_ = m.exp().sum(1); sp = m.amax(1) - m.amin(1)
                st = torch.stack([m.amin(), s.amin(), s.amax(), x_.amin(), x_.amax(), sp.amax()]).tolist()
                st = [v if math.isfinite(v) else None for v in st]
                e["row_min"], e["row_sum_min"], e["row_sum_max"], e["exp_sum_min"], e["exp_sum_max"], e["spread"] = st
                if d.dim() == 2 and y.dim() == 1 and not y.is_floating_point() and y.shape[0] == d.shape[0]:
                    e["accuracy"] = float((d.argmax(1) == y).float().mean())
            if y.dim() == 1 and not y.is_floating_point(): e["targets"] = y[:256].tolist()
            elif y.dim() >= 1 and y.numel(): e["targets"] = rows_of(y)
        self.events.append(e)

    def _producer(self, x: torch.Tensor) -> list[str]:
        names = []; fn = _fn(x)
        for _ in range(8):
            if fn is None: break
            n = fn.name()
            names.append(n)
            if not any(v in n for v in VIEWS): break
            nxt = fn.next_functions
            fn = nxt[0][0] if nxt else None
        return [n for n in names if not any(v in n for v in VIEWS)] or names[-1:]

    # ---- backward
    def _backward(self, old: Any) -> Any:
        def backward(tensors: Any, *a: Any, **k: Any) -> Any:
            if self._in_backward: return old(tensors, *a, **k)
            at = self.at(); stale = self._before_backward()
            self._in_backward = True; self._touched.clear(); failed = True
            try: out = old(tensors, *a, **k); failed = False; return out
            finally:
                self._in_backward = False
                self._after_backward(tensors, k, at, stale, failed)
        return backward

    def _has_content(self, g: torch.Tensor) -> bool:
        with _nograd(): return bool(_detach(g).count_nonzero())

    def _before_backward(self) -> int:
        stale = 0
        self._manual()
        for o in self._owned.values():
            p = o.param()
            if p is None: continue
            g = _grad(p); o.carried = False
            if g is not None and o.grad is not None and o.grad() is g:
                if _ver(g) == o.version or self._has_content(g):
                    if self._has_content(g): o.carried = True; stale += 1
            if g is None or (o.grad is not None and o.grad() is not g): o.grad = None
        return stale

    def _after_backward(self, tensors: Any, k: Any, at: int, stale: int, failed: bool) -> None:
        ids = sorted(set(self._touched)); self._touched.clear()
        if self.trained is not None:
            for i in ids:
                m = self._model_of.get(i)
                if m is not None and (not self.trained or self.trained[-1] is not m):
                    if m in self.trained: self.trained.remove(m)
                    self.trained.append(m)
                    for p in m.parameters():
                        if p.requires_grad and id(p) not in self._owned: self._owned[id(p)] = _Owned(p)
        self._used.update(ids)
        graded = 0
        for o in self._owned.values():
            p = o.param()
            g = None if p is None else _grad(p)
            if g is not None:
                if o.after != (id(g), _ver(g)): graded += 1
                o.after = (id(g), _ver(g))
        root = tensors if isinstance(tensors, torch.Tensor) else (tensors[0] if tensors else None)
        v = None
        if isinstance(root, torch.Tensor) and root.numel() == 1:
            v = float(_detach(root)); v = v if math.isfinite(v) else None
        self._backward_since_step = True
        self.events.append({"t": "backward", "forwards": ids, "value": v, "graded": graded, "retained": bool(k.get("retain_graph")), "stale": stale, "failed": failed, "at": at})
        pr = self._pending_probe; self._pending_probe = None
        if pr is not None and "g" in pr and not failed:
            val, g = pr["values"], pr["g"]
            C = val.shape[1] if val.dim() > 1 else 1
            self.events.append({"t": "logits", "forward": pr["forward"], "values": val.reshape(-1, val.shape[-1] if val.dim() == 2 else C)[:64].tolist(), "grads": g.reshape(-1, g.shape[-1] if g.dim() == 2 else C)[:64].tolist(), "at": -1})
            self._n_sampled += 1
            if self._n_sampled % self.sample == 0: self._stride *= 2
        self._snapshot()

    # ---- manual updates: parameters that moved although no optimizer stepped
    _seen: list[Any] = []
    _opt_stepped = False

    def _snapshot(self) -> None:
        self._opt_stepped = False
        if self._any_opt: return
        with _nograd():
            self._seen = [(o, _ver(p), float(_detach(p).reshape(-1)[0]), None if _grad(p) is None else float(_detach(_grad(p)).reshape(-1)[0])) for o in self._owned.values() if (p := o.param()) is not None]

    def _manual(self) -> None:
        if self._any_opt or self._opt_stepped or not self._seen: return
        moved, lr = 0, None
        for o, v, val, g in self._seen:
            p = o.param()
            if p is None: continue
            now = float(_detach(p).reshape(-1)[0])
            if _ver(p) != v or now != val:
                moved += 1
                if g: lr = (val - now) / g
        self._seen = []
        if moved:
            stale = sum(o.carried for o in self._owned.values())
            e = {"t": "step", "opt": None, "cls": "manual", "lrs": [lr] if lr is not None else [], "params": moved, "with_grad": moved, "stale": stale, "empty": 0, "update": None, "live": self._live(), "at": self.at()}
            self.events.append(e); self._steps += 1; self._backward_since_step = False
            for o in self._owned.values():
                p = o.param(); g = None if p is None else _grad(p)
                if g is not None and o.after == (id(g), _ver(g)): o.grad = weakref.ref(g); o.version = _ver(g)
            if self.on_step: self.on_step(e, None)

    def _live(self) -> int:
        dead = [i for i in self._used if (r := self._alive.get(i)) is None or r() is None]
        for i in dead:
            self._used.discard(i); self._alive.pop(i, None); self._model_of.pop(i, None)
        return len(self._used)

    # ---- optimizers
    def _optimizer(self, old: Any) -> Any:
        def __init__(opt: Any, params: Any, defaults: Any, *a: Any, **k: Any) -> None:
            old(opt, params, defaults, *a, **k)
            self._any_opt = True
            groups = [{"lr": float(g["lr"]) if "lr" in g else None, "params": len(g["params"])} for g in opt.param_groups]
            ps = [p for g in opt.param_groups for p in g["params"]]
            hyper = {n: v for n, v in defaults.items() if isinstance(v, (int, float, str, bool)) or v is None or (isinstance(v, (tuple, list)) and all(isinstance(x, (int, float)) for x in v))}
            self.events.append({"t": "optimizer", "opt": self.ident(opt), "cls": type(opt).__name__, "module": type(opt).__module__, "hyper": hyper, "groups": groups, "owned": len(ps), "trainable": sum(p.requires_grad for p in ps), "at": self.at()})
        return __init__

    def _step_pre(self, opt: Any, a: Any, k: Any) -> None:
        closure = k.get("closure", a[1] if len(a) > 1 else None)
        self._has_closure = callable(closure)
        self._step_at = self.at()
        if not self._has_closure: self._stepping = self._judge_grads(opt)
        if self.on_step and not self._has_closure: self.on_step({"t": "before"}, opt)

    def _judge_grads(self, opt: Any) -> dict[str, Any]:
        stale = none = zero = with_grad = total = 0
        for grp in opt.param_groups:
            for p in grp["params"]:
                total += 1; g = _grad(p); o = self._owned.get(id(p))
                if o is None: o = self._owned[id(p)] = _Owned(p)
                if g is None: none += 1; continue
                with_grad += 1
                if not self._backward_since_step:
                    if o.grad is not None and o.grad() is g and self._has_content(g): stale += 1
                    continue
                if o.after != (id(g), _ver(g)) and not self._has_content(g): zero += 1
                elif o.carried: stale += 1
        empty = total if self._backward_since_step and none + zero == total else 0
        return {"params": total, "with_grad": with_grad, "stale": stale, "empty": empty}

    def _step_post(self, opt: Any, a: Any, k: Any) -> None:
        got = self._judge_grads(opt) if self._has_closure else self._stepping
        for grp in opt.param_groups:
            for p in grp["params"]:
                o = self._owned[id(p)]; g = _grad(p)
                if g is None: o.grad = None
                else: o.grad = weakref.ref(g); o.version = _ver(g)
        e = {"t": "step", "opt": self.ident(opt), "cls": type(opt).__name__, "lrs": [float(g.get("lr", 0.0)) for g in opt.param_groups], **got, "update": None, "live": self._live(), "at": self._step_at}
        self._backward_since_step = False; self._opt_stepped = True
        self.events.append(e); self._steps += 1
        if self.on_step: self.on_step(e, opt)
        self.flush()

    def _zero(self, old: Any) -> Any:
        def zero_grad(thing: Any, *a: Any, **k: Any) -> Any:
            self.events.append({"t": "zero", "opt" if isinstance(thing, Optimizer) else "model": self.ident(thing), "at": self.at()})
            return old(thing, *a, **k)
        return zero_grad

    def _mode(self, old: Any) -> Any:
        def train(module: Any, mode: bool = True) -> Any:
            if self._train_depth == 0: self.events.append({"t": "eval_mode", "model": self.ident(module), "training": bool(mode), "at": self.at()})
            self._train_depth += 1
            try: return old(module, mode)
            finally: self._train_depth -= 1
        return train

    def _sched(self, old: Any) -> Any:
        def step(s: Any, *a: Any, **k: Any) -> Any:
            self.events.append({"t": "schedule", "cls": type(s).__name__, "opt": self.ident(getattr(s, "optimizer", s)), "at": self.at()})
            return old(s, *a, **k)
        return step

    def _iter(self, old: Any) -> Any:
        def __iter__(loader: Any) -> Any:
            try: n = len(loader)
            except TypeError: n = None
            try: rows = len(loader.dataset)
            except Exception: rows = None
            self.events.append({"t": "iter", "loader": self.ident(loader), "batches": n, "sampler": type(getattr(loader, "sampler", None)).__name__, "rows": rows, "at": self.at()})
            it = old(loader); it._dojo = [self.ident(loader), 0]
            return it
        return __iter__

    def _next_batch(self, old: Any) -> Any:
        def __next__(it: Any) -> Any:
            batch = old(it); mark = getattr(it, "_dojo", None)
            if mark is not None and mark[1] < 2:
                mark[1] += 1
                ts = [t for t in (batch if isinstance(batch, (list, tuple)) else batch.values() if isinstance(batch, dict) else [batch]) if isinstance(t, torch.Tensor)]
                self.events.append({"t": "batch", "loader": mark[0], "shapes": [list(t.shape) for t in ts], "dtypes": [str(t.dtype)[6:] for t in ts], "devices": [self.device_of(t) for t in ts], "at": self.at()})
            return batch
        return __next__

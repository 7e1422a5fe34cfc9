"""How a right answer is written down: once as it is shown, and in every form a person may well type it in."""

from __future__ import annotations

from torchdojo.domain.computation import RAISES, AnswerKind, Question, Value

_STEPS = ("B", "KiB", "MiB", "GiB", "TiB")


def spelled(question: Question, value: Value) -> str:
    """A value as shown: "1,792", "0.0361", "1.50 GiB", "(8, 64, 32, 32)", "yes"."""
    if isinstance(value, tuple):
        return str(value)
    if isinstance(value, str):
        return "it raises an error" if value == RAISES else value
    if question.kind is AnswerKind.BYTES:
        return _memory(int(value))
    if question.kind is AnswerKind.DECIMAL:
        return f"{value:.{question.decimals}f}"
    return f"{int(value):,}"


def typed_forms(question: Question) -> tuple[str, ...]:
    """Spellings of the right answer that have to count as right."""
    answer = question.answer
    if isinstance(answer, tuple):
        sizes = [str(size) for size in answer]
        forms = [str(answer), f"torch.Size({list(answer)})", ", ".join(sizes) or "()"]
        return tuple(forms + (["x".join(sizes), " ".join(sizes)] if len(sizes) > 1 else []))
    if isinstance(answer, str):
        return ("raises", "it raises", "error") if answer == RAISES else (answer, answer.upper())
    if question.kind is AnswerKind.DECIMAL:
        return (f"{answer:.{question.decimals}f}", f"{answer:.{question.decimals + 4}f}", f"{answer:.12e}")
    whole = int(answer)
    forms = [f"{whole}", f"{whole:,}", f"{whole:_}"]
    if question.kind is AnswerKind.BYTES:
        forms = [f"{form} B" for form in forms] + [_memory(whole), f"{whole / 10**9:.9f} GB"]
    elif question.rounding and whole >= 1000:
        forms += [f"{whole / 1000:.3f}k", f"{whole:.4e}"]
    return tuple(forms)


def _memory(amount: int) -> str:
    step = 0
    while step + 1 < len(_STEPS) and amount >= 1024 ** (step + 1):
        step += 1
    whole, rest = divmod(amount, 1024**step)
    # Trailing zeros say how exact it is.
    return f"{whole} {_STEPS[step]}" if rest == 0 else f"{amount / 1024**step:#.4g} {_STEPS[step]}".replace(". ", " ")

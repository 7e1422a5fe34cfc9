"""Small changes of a solution: which there are, what they are called, which are chosen."""

from __future__ import annotations

import ast

import pytest

from torchdojo.authoring.mutants import choose, mutants_of

SOLUTION = '''
import torch
import torch.nn.functional as F


class Attention(torch.nn.Module):
    """Softmax over keys: größer wird es nicht."""

    def __init__(self, width: int, heads: int = 4, bias: bool = True) -> None:
        super().__init__()
        if width % heads != 0:
            raise ValueError(f"width {width + 1} is no multiple of {heads - 1}")
        self.heads = heads
        self.norm = torch.nn.LayerNorm(width, eps=1e-5)
        self.out = torch.nn.Linear(width, width, bias=bias)

    def forward(self, x, mask=None):
        größe, länge = x.shape[0], x.shape[-2]
        x = self.norm(x)  # Über die Breite.
        q = x.view(größe, länge, self.heads, -1).transpose(1, 2)
        scores = q @ q.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask[:, None], float("-inf"))
        for step in range(länge):
            scores[:, :, step] += 1
        with torch.no_grad():
            print(scores.mean())
        return self.out(F.softmax(scores, dim=-1).sum(1)), -scores.detach()

    def extra_repr(self) -> str:
        return "heads " + str(self.heads + 1)


if __name__ == "__main__":
    print(Attention(2 + 2))
'''


def ids(source: str) -> list[str]:
    return [mutant.id for mutant in mutants_of(source)]


@pytest.mark.parametrize(
    "name",
    [
        "line 9: heads=4 -> heads=5",
        "line 9: bias=True -> bias=False",
        "line 11: width % heads != 0 -> False",
        "line 14: eps=1e-05 -> eps=0.001",
        "line 18: x.shape[-2] -> x.shape[-3]",
        "line 19: removed x = self.norm(x)",
        "line 20: x.view(größe, länge, self.heads, -1).transpose(1, 2) -> x.view(größe, länge, self.heads, -1)",
        "line 21: q @ q.transpose(-2, -1) -> q.transpose(-2, -1) @ q",
        "line 21: q.transpose(-2, -1) -> q.transpose(-2, 0)",
        "line 21: q.shape[-1] ** 0.5 -> q.shape[-1] ** 1.0",
        "line 22: mask is not None -> True",
        "line 23: scores.masked_fill(mask[:, None], float('-inf')) -> scores.masked_fill(mask[:, None], 0.0)",
        "line 23: scores.masked_fill(mask[:, None], float('-inf')) -> scores.masked_fill(mask, float('-inf'))",
        "line 24: range(länge) -> range(länge - 1)",
        "line 25: scores[:, :, step] += 1 -> scores[:, :, step] -= 1",
        "line 26: torch.no_grad() -> torch.enable_grad()",
        "line 28: dim=-1 -> dim=0",
        "line 28: -scores.detach() -> scores.detach()",
    ],
)
def test_what_goes_wrong_in_such_code_is_among_them(name: str) -> None:
    assert name in ids(SOLUTION)


def test_texts_messages_and_annotations_stay_as_they_are() -> None:
    kept = [
        '"""Softmax over keys: größer wird es nicht."""',
        "{width + 1} is no multiple of {heads - 1}",
        "-> None:",
        "super().__init__()",
        "print(scores.mean())",
        '"heads " + str(self.heads + 1)',
        "print(Attention(2 + 2))",
    ]
    for mutant in mutants_of(SOLUTION):
        assert [text for text in kept if text not in mutant.source] == [], mutant.id
        assert "# Über die Breite." in mutant.source, "a comment behind a statement is not lost"


def test_each_is_one_change_with_a_name_of_its_own_and_always_the_same() -> None:
    mutants = mutants_of(SOLUTION)
    assert len({mutant.id for mutant in mutants}) == len(mutants)
    shapes = {ast.dump(ast.parse(mutant.source)) for mutant in mutants}
    assert len(shapes) == len(mutants)
    assert ast.dump(ast.parse(SOLUTION)) not in shapes
    assert mutants_of(SOLUTION) == mutants
    for mutant in mutants:
        number = int(mutant.id.split(":")[0].removeprefix("line "))
        before, after = SOLUTION.splitlines(), mutant.source.splitlines()
        assert before[: number - 1] == after[: number - 1], mutant.id


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("x = f(x) + 1", "line 1: f(x) + 1 -> f(x) - 1"),
        ("y = x.exp().view(2, n).sum(1)", "line 1: x.exp().view(2, n) -> x.view(2, n)"),
        ("y = a - b", "line 1: y = a - b -> y = b - a"),
        ("y = (a + b) * c", "line 1: (a + b) * c -> (a - b) * c"),
        ("y = a and b", "line 1: y = a and b -> y = b"),
        ("y = not a", "line 1: y = not a -> y = a"),
        ("y = a if b else c", "line 1: y = a if b else c -> y = c"),
        ("y = torch.where(a, b, c)", "line 1: torch.where(a, b, c) -> torch.where(a, c, b)"),
        ("y = [x for x in z if x]", "line 1: for x in z if x -> for x in z if True"),
        ("y = f(a, b, p=p)", "line 1: y = f(a, b, p=p) -> y = f(a, b)"),
        ("y = f(a, b, p=p)", "line 1: f(a, b, p=p) -> f(b, a, p=p)"),
        ("y = x[1:n]", "line 1: y = x[1:n] -> y = x[:n]"),
        ("y = x[1:n]", "line 1: y = x[1:n] -> y = x[2:n]"),
        ("y = x.T", "line 1: y = x.T -> y = x"),
        ("y = x.amax(dim=0)", "line 1: x.amax(dim=0) -> x.amin(dim=0)"),
        ("y = math.sqrt(n)\nimport math", "line 1: y = math.sqrt(n) -> y = n"),
        ("while a <= b: break", "line 1: removed break"),
        ("y = 0.0", "line 1: y = 0.0 -> y = 1.0"),
        ("y = -0.5", "line 1: y = -0.5 -> y = 0.5"),
    ],
)
def test_small_changes_are_called_by_what_they_change(source: str, name: str) -> None:
    assert name in ids(source)


def test_no_change_comes_twice_under_two_names() -> None:
    assert [name for name in ids("x = f()\nx = x.exp()") if "line 2" in name] == [
        "line 2: x = x.exp() -> x = x.expm1()"
    ]
    assert ids("def f(x):\n    x = x.t()\n    return x") == ["line 2: removed x = x.t()"]


def test_what_differs_only_on_another_device_is_left_alone() -> None:
    assert ids("y = x.to(device)\nz = x.to(y.device)\nw = f(device=device)\nv = x.contiguous()") == []


def test_a_few_of_every_kind_are_chosen_from_all_over_the_file() -> None:
    mutants = mutants_of(SOLUTION + "\nnumbers = [" + ", ".join(map(str, range(100))) + "]\n")
    chosen = choose(mutants, 30)
    assert len(chosen) == 30
    assert choose(mutants, 30) == chosen
    assert [mutant for mutant in mutants if mutant in chosen] == chosen
    assert {mutant.kind for mutant in chosen} == {mutant.kind for mutant in mutants}
    assert sum(mutant.kind == "number" for mutant in chosen) <= 4
    assert choose(mutants, 1000) == mutants

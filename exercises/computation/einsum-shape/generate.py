"""Einsum: carried out, without memory."""

import torch

from torchdojo.domain.asking import shape, told
from torchdojo.domain.computation import RAISES
from torchdojo.judge.computing.measuring import blank, shape_of

PATTERNS = {
    1: ["ij,jk->ik", "ij,ij->i", "ij->ji", "i,j->ij", "bi,bi->b"],
    2: ["bij,bjk->bik", "bhqd,bhkd->bhqk", "bij,bkj->bki", "bi,oi->bo", "bhqk,bhkd->bqhd", "bijk->bk"],
    3: ["bqhd,bkhd->bhqk", "bhqk,bkhd->bqhd", "bnd,hde->bhne", "bchw,oc->bohw", "bi,bj,ij->b", "btd,vd->btv", "ba,ab", "kj,ji"],
}


def question(rng, level):
    pattern = rng.choice(PATTERNS[level])
    inputs, _, output = pattern.partition("->")
    terms = inputs.split(",")
    letters = sorted(set(inputs) - {","})
    sizes = dict(zip(letters, rng.sample([2, 3, 4, 5, 6, 7, 8, 10, 12], len(letters)), strict=True))
    shapes = [[sizes[letter] for letter in term] for term in terms]
    shared = [letter for letter in letters if sum(letter in term for term in terms) > 1]
    broken = bool(shared) and rng.random() < 0.25
    if broken:
        letter = rng.choice(shared)
        last = max(number for number, term in enumerate(terms) if letter in term)
        shapes[last][terms[last].index(letter)] += 13
    implicit = "->" not in pattern
    order = output or "".join(letter for letter in letters if inputs.count(letter) == 1)
    right = RAISES if broken else tuple(sizes[letter] for letter in order)
    every = tuple(sizes[letter] for letter in letters)
    given = ", ".join(f"`{tuple(each)}`" for each in shapes)
    return shape(
        f"`torch.einsum('{pattern}', ...)` gets tensors of shape {given}. What is the shape of its result?",
        answer=shape_of(lambda: torch.einsum(pattern, *(blank(*each) for each in shapes))),
        formula=right,
        working=f"{', '.join(f'{letter} = {size}' for letter, size in sizes.items())}. "
        + (f"A letter stands for two sizes here: {told(right)}." if broken else f"{'Without an arrow, letters that occur once stay in alphabetical order' if implicit else 'Behind the arrow stand'}: {order or 'none'}, so {right}."),
        parts=() if broken else tuple(order),
        mistakes=[
            (RAISES, "letters are taken to contradict each other"),
            (tuple(sizes[letter] for letter in order), "a contradiction between letters is overlooked"),
            (tuple(sorted(right)) if not broken else every, "the order behind the arrow is not kept"),
            (every, "nothing is summed over"),
            (tuple(right[::-1]) if not broken else (), "the order behind the arrow is turned around"),
            (tuple(shapes[0]), "the first tensor's shape is kept"),
            ((), "everything is summed over"),
        ],
    )

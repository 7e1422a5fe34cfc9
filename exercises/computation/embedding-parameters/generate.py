"""Embeddings and the output layer: parameters of the modules themselves, tied ones once."""

from torch import nn

from torchdojo.domain.asking import product, whole
from torchdojo.judge.computing.measuring import parameters


def question(rng, level):
    words, width = rng.choice([1000, 8192, 30522, 32000, 50257]), rng.choice([64, 128, 256, 512, 768])
    context = rng.choice([128, 256, 512, 1024])
    has_positions, has_head = level > 1, level > 1
    tied = level == 3 or rng.random() < 0.5
    model = nn.ModuleDict({"tokens": nn.Embedding(words, width, device="meta")})
    table, positions, head = words * width, context * width * has_positions, words * width * (has_head and not tied)
    if has_positions:
        model["positions"] = nn.Embedding(context, width, device="meta")
    if has_head:
        model["head"] = nn.Linear(width, words, bias=False, device="meta")
        if tied:
            model["head"].weight = model["tokens"].weight
    total = table + positions + head
    more = f", learned positions for {context} places" * has_positions
    more += f", and an output layer without bias {'tied to the token table' if tied else 'of its own'}" * has_head
    steps = [f"Tokens: {product(words, width)} = {table:,}."]
    if has_positions:
        steps.append(f"Positions: {product(context, width)} = {positions:,}.")
    if has_head:
        steps.append("The tied output layer adds nothing." if tied else f"Output layer: {product(width, words)} = {head:,}.")
    return whole(
        f"A model has token embeddings for {words:,} tokens of width {width}{more}. How many parameters are that?",
        answer=parameters(model),
        formula=total,
        working=f"{' '.join(steps)} Together {total:,}.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (table + positions + table * has_head, "the tied output layer is counted on its own"),
            (table + positions, "the output layer is taken to be tied"),
            (table, "only the token table is counted"),
            (total + words, "a bias is added for every token"),
            (words + width, "the sizes are added, not multiplied"),
            (table + head, "the positions are left out"),
        ],
    )

"""Parameters of a transformer block: those of PyTorch's layers, or of a gated block built here, are counted."""

from torch import nn

from torchdojo.domain.asking import whole
from torchdojo.judge.computing.measuring import parameters


def question(rng, level):
    heads = rng.choice([4, 8, 12, 16])
    width = heads * rng.choice([32, 64])
    inner = width * rng.choice([2, 3, 4])
    if level == 3:
        return gated(rng, width, inner)
    decoder = level == 2 and rng.random() < 0.5
    layer = nn.TransformerDecoderLayer if decoder else nn.TransformerEncoderLayer
    attentions, norms = (2, 3) if decoder else (1, 2)
    attention, feed, norm = 4 * width**2 + 4 * width, 2 * width * inner + inner + width, 2 * width
    total = attentions * attention + feed + norms * norm
    return whole(
        f"How many parameters has `nn.{layer.__name__}(d_model={width}, nhead={heads}, dim_feedforward={inner})`?",
        answer=parameters(layer(width, heads, inner, device="meta")),
        formula=total,
        working=f"Attention: 4×{width}² + 4×{width} = {attention:,}, {attentions} of them. Feed-forward: 2×{width}×{inner} + "
        f"{inner} + {width} = {feed:,}. LayerNorm: 2×{width} = {norm:,}, {norms} of them. Together {total:,}.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (attention + feed + 2 * norm, "the attention to the encoder is forgotten"),
            (attentions * attention + feed, "the norms are left out"),
            (attentions * 4 * width**2 + 2 * width * inner + norms * norm, "the biases are left out"),
            (12 * width**2, "the rule of thumb 12·d² is used, which leaves out biases and norms and wants ff = 4·d"),
            (attentions * attention + width * inner + inner + norms * norm, "the feed-forward has one matrix only"),
            (attentions * (3 * width**2 + 3 * width) + feed + norms * norm, "the output projection is forgotten"),
            (attentions * attention * heads + feed + norms * norm, "the attention is multiplied by the heads"),
        ],
    )


def gated(rng, width, inner):
    def matrix(a, b):
        return nn.Linear(a, b, bias=False, device="meta")

    block = nn.ModuleList([matrix(width, width) for _ in range(4)])
    block.extend([matrix(width, inner), matrix(width, inner), matrix(inner, width)])
    block.extend([nn.RMSNorm(width, device="meta") for _ in range(2)])
    total = 4 * width**2 + 3 * width * inner + 2 * width
    return whole(
        f"A block as in LLaMA: width {width}, full attention, gated feed-forward (SwiGLU) of inner size {inner}, two RMSNorms, "
        "no biases. How many parameters has it?",
        answer=parameters(block),
        formula=total,
        working=f"Attention: 4×{width}² = {4 * width**2:,}. Feed-forward: 3×{width}×{inner} = {3 * width * inner:,}. "
        f"Norms: 2×{width} = {2 * width:,}. Together {total:,}.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (4 * width**2 + 2 * width * inner + 2 * width, "the gate's matrix is forgotten"),
            (3 * width**2 + 3 * width * inner + 2 * width, "the output projection is forgotten"),
            (total + 6 * width + 2 * inner, "biases are counted that are not there"),
            (12 * width**2, "the rule of thumb 12·d² is used"),
        ],
    )

"""Which functions are confused with which, which are forgotten, and which take dims."""

from __future__ import annotations

_CONFUSED = """
mean sum | amax amin | max min | argmax argmin | maximum minimum | zeros ones | zeros_like ones_like | triu tril
floor ceil | sin cos | rand randn | all any | exp expm1 | log log1p | cumsum cumprod | var std | add_ sub_ | mul_ div_
train eval | square sqrt | softmax log_softmax | relu tanh | clamp_min clamp_max | no_grad enable_grad | append extend
inference_mode enable_grad | new_zeros new_ones | sorted list | keys values | union intersection | rsqrt sqrt | eq ne
lt le | zeros_ ones_ | popleft pop
"""
_FORGOTTEN = """
abs bfloat16 bool broadcast_to clamp clamp_ clamp_max clamp_min clone copy cumsum deepcopy detach detach_ dict double
dropout exp exp_ expand expand_as flatten flip float gelu half int item list log log_softmax logsigmoid long
masked_fill masked_fill_ masked_select nan_to_num neg norm normalize permute pow ravel relu repeat repeat_interleave
requires_grad_ reshape reversed roll round rsqrt set sigmoid silu softmax softplus sort sorted sqrt square squeeze
swapaxes t tanh to transpose tril triu tuple type_as unsqueeze view
"""
_SYMMETRIC = """
__init__ add allclose arange dot equal getattr hasattr isinstance linspace max maximum min minimum mul range
register_buffer register_parameter setattr super swapaxes transpose zip
"""
_WITH_DIMS = """
all amax amin any argmax argmin argsort cat cumprod cumsum diff flatten flip gather index_select log_softmax logsumexp
max mean median min movedim prod scatter scatter_add select size softmax sort squeeze stack std sum swapaxes transpose
unbind unsqueeze var vecdot
"""


def _both_ways(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in text.replace("\n", "|").split("|"):
        if pair.strip():
            one, other = pair.split()
            found.setdefault(one, other)
            found.setdefault(other, one)
    return found


#: The function that is written by mistake.
OTHERS = _both_ways(_CONFUSED)

#: What may be left out. `x.contiguous()` is not among them: without it the code fails or computes the same.
FORGETTABLE = frozenset(_FORGOTTEN.split())

#: Where swapped arguments mean the same, or fail before anything is computed.
ALIKE = frozenset(_SYMMETRIC.split())

#: Functions whose positional whole numbers are dims.
DIM_FUNCTIONS = frozenset(_WITH_DIMS.split())

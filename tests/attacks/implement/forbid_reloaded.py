# attack: loads a fresh copy of torch.nn.functional, which nobody watches
# expect: forbidden
# exercise: modules/multi-head-attention
# base: none
# place: instead

import importlib.util

import torch
from torch import nn

spec = importlib.util.find_spec("torch.nn.functional")
fresh = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fresh)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        if d_model % heads:
            raise ValueError
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        if mask is not None:
            mask = ~mask.expand(len(x), x.shape[1], context.shape[1]).repeat_interleave(self.heads, 0)
        q, k, v = (part.transpose(0, 1) for part in (x, context, context))
        out, _ = fresh.multi_head_attention_forward(
            q, k, v, x.shape[-1], self.heads, None, torch.cat([p.bias for p in (self.q_proj, self.k_proj, self.v_proj)]),
            None, None, False, 0.0, self.out_proj.weight, self.out_proj.bias, attn_mask=mask, need_weights=True,
            use_separate_proj_weight=True, q_proj_weight=self.q_proj.weight, k_proj_weight=self.k_proj.weight,
            v_proj_weight=self.v_proj.weight,
        )
        return out.transpose(0, 1)

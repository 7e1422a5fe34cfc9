# attack: calls the fused kernel beneath attention
# expect: forbidden
# exercise: modules/multi-head-attention
# base: solution
# place: after

class MultiHeadAttention(MultiHeadAttention):
    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        q, k, v = self._split(self.q_proj(x)), self._split(self.k_proj(context)), self._split(self.v_proj(context))
        mask = None if mask is None else mask.unsqueeze(-3)
        out, _ = torch._scaled_dot_product_attention_math(q, k, v, mask)
        return self.out_proj(out.transpose(1, 2).flatten(2))

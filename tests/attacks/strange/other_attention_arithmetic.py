# attack: log-softmax, einsum and chunks in float64, and names like those of built-ins
# expect: passed
# exercise: modules/multi-head-attention
# base: solution
# place: after

def scaled_dot_product_attention(q, k, v, mask):
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask.unsqueeze(-3), -1e30)
    weights = scores.log_softmax(-1).exp()
    if mask is not None:
        weights = weights * mask.unsqueeze(-3)
    return torch.einsum("bhqk,bhkd->bhqd", weights, v)


class MultiHeadAttention(MultiHeadAttention):
    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        q, k, v = self._split(self.q_proj(x)), self._split(self.k_proj(context)), self._split(self.v_proj(context))
        return self.out_proj(scaled_dot_product_attention(q, k, v, mask).transpose(1, 2).flatten(2))

# attack: hands the built-in over as the function that is asked for
# expect: forbidden
# exercise: transformers/scaled-dot-product-attention
# base: none
# place: instead

from torch.nn.functional import scaled_dot_product_attention

# style: calls sum with an empty tuple when there is nothing to sum, which sums everything
# verdict: wrong_answer
# caught by: test_letters_are_put_in_the_order_of_the_output
import torch


def einsum(equation: str, *operands: torch.Tensor) -> torch.Tensor:
    """The sum of products that an equation such as "bij,bjk->bik" asks for."""
    left, arrow, output = equation.replace(" ", "").partition("->")
    groups = left.split(",")
    if not arrow:
        raise ValueError("the equation has no arrow")
    if len(groups) != len(operands):
        raise ValueError(f"{len(groups)} groups of letters, {len(operands)} operands")
    sizes: dict[str, int] = {}
    for letters, tensor in zip(groups, operands):
        if len(letters) != tensor.dim():
            raise ValueError(f"{letters!r} for {tensor.dim()} dimensions")
        for letter, size in zip(letters, tensor.shape):
            if sizes.setdefault(letter, size) != size:
                raise ValueError(f"{letter} is {sizes[letter]} and {size}")
    if len(set(output)) < len(output) or not set(output) <= set(sizes):
        raise ValueError(f"the output {output!r} repeats a letter or has a new one")
    summed = [letter for letter in sizes if letter not in output]
    order = [*output, *summed]  # every letter once, those of the output first
    product = None
    for letters, tensor in zip(groups, operands):
        for letter in set(letters):
            while letters.count(letter) > 1:
                i = letters.index(letter)
                j = letters.index(letter, i + 1)
                tensor = tensor.diagonal(0, i, j)  # dimensions i and j go, the diagonal comes last
                letters = letters[:i] + letters[i + 1 : j] + letters[j + 1 :] + letter
        tensor = tensor.permute([letters.index(letter) for letter in order if letter in letters])
        tensor = tensor[tuple(slice(None) if letter in letters else None for letter in order)]  # 1 for a missing letter
        product = tensor if product is None else product * tensor  # the sizes of all letters, or 1 so far
    product = product.sum(tuple(range(len(output), len(order))))
    return product

"""Output shape of a Conv3d: the layer runs on a tensor without memory."""

from torch import nn

from torchdojo.domain.asking import shape
from torchdojo.judge.computing.formulas import window, window_text
from torchdojo.judge.computing.measuring import blank, shape_of

NAMES = ("Depth", "Height", "Width")


def question(rng, level):
    batch, channels, out = rng.choice([1, 2, 4]), rng.choice([1, 3, 16]), rng.choice([8, 16, 64])
    sizes = (rng.randint(8, 32), rng.choice([28, 56, 64]), rng.choice([28, 56, 112]))
    if level == 1:
        kernel, stride, padding = (3,) * 3, (rng.choice([1, 2]),) * 3, (rng.choice([0, 1]),) * 3
    else:
        kernel = (rng.choice([1, 3]), *(rng.choice([3, 5, 7]),) * 2)
        stride = (rng.choice([1, 2]), *(rng.choice([1, 2, 4]),) * 2)
        padding = (rng.randint(0, kernel[0] // 2), *(rng.randint(0, kernel[1] // 2),) * 2)
    dilation = (rng.choice([1, 2]),) * 3 if level > 2 else (1, 1, 1)
    layer = nn.Conv3d(channels, out, kernel, stride, padding, dilation, device="meta")

    def result(stride=stride, padding=padding, dilation=dilation):
        return tuple(map(window, sizes, kernel, stride, padding, dilation))

    lines = [
        f"{name}: {window_text(*numbers)}."
        for name, *numbers in zip(NAMES, sizes, kernel, stride, padding, dilation, strict=True)
    ]
    return shape(
        f"`nn.Conv3d({channels}, {out}, kernel_size={kernel}, stride={stride}, padding={padding}, dilation={dilation})` "
        f"gets `({batch}, {channels}, {', '.join(map(str, sizes))})`. What is the shape of its output?",
        answer=shape_of(lambda: layer(blank(batch, channels, *sizes))),
        formula=(batch, out, *result()),
        working="\n\n".join([*lines, f"The shape is {(batch, out, *result())}."]),
        parts=("batch", "channels", "depth", "height", "width"),
        mistakes=[
            ((batch, out, *result(padding=(0, 0, 0))), "the padding is left out"),
            ((batch, out, *result(dilation=(1, 1, 1))), "the dilation is left out"),
            ((batch, out, *result(stride=(1, 1, 1))), "the stride is left out"),
            ((batch, out, sizes[0], *result()[1:]), "the depth is taken to stay the same"),
            ((batch, out, *result()[1:]), "the depth is forgotten"),
            ((batch, channels, *result()), "the input's channels are kept"),
        ],
    )

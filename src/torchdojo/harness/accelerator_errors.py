"""What torch says when devices are wrong, word for word, so that a learner meets the real message."""

from __future__ import annotations

import torch

_LEGACY_NAMES = {
    torch.float32: "FloatTensor",
    torch.float64: "DoubleTensor",
    torch.float16: "HalfTensor",
    torch.bfloat16: "BFloat16Tensor",
    torch.int64: "LongTensor",
    torch.int32: "IntTensor",
    torch.uint8: "ByteTensor",
    torch.bool: "BoolTensor",
}


def unavailable(kind: str) -> Exception:
    """The error of a build without that kind of device."""
    if kind == "cuda":
        return AssertionError("Torch not compiled with CUDA enabled")
    return RuntimeError(f"PyTorch is not linked with support for {kind} devices")


def no_such_index(kind: str) -> Exception:
    """The error for the second device of a machine that has one."""
    if kind == "cuda":
        return RuntimeError(
            "CUDA error: invalid device ordinal\n"
            "GPU device may be out of range, do you have enough GPUs?\n"
            "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below "
            "might be incorrect."
        )
    return RuntimeError(f"Invalid device index for {kind}: there is one device, index 0")


def mixed_elementwise(first: torch.device, second: torch.device) -> Exception:
    """Operands of an elementwise operation on two devices; the accelerator is named first."""
    return RuntimeError(
        f"Expected all tensors to be on the same device, but found at least two devices, {first} and {second}!"
    )


def mixed_arguments(name: str, device: torch.device, common: torch.device, operation: str, kind: str) -> Exception:
    """An argument that is not where the earlier ones are."""
    return RuntimeError(
        f"Expected all tensors to be on the same device, but got {name} is on {device}, different from other tensors "
        f"on {common} (when checking argument in method wrapper_{kind.upper()}_{operation})"
    )


def mixed_convolution(input: torch.Tensor, weight: torch.Tensor, names: tuple[str, str]) -> Exception:
    """A convolution's input and weight on two devices; `names` are the prefixes of their types ("torch.cuda")."""
    ours, theirs = (f"{p}.{_LEGACY_NAMES.get(t.dtype, 'Tensor')}" for p, t in zip(names, (input, weight), strict=True))
    ending = " or input should be a MKLDNN tensor and weight is a dense tensor" if names[0] == "torch" else ""
    return RuntimeError(f"Input type ({ours}) and weight type ({theirs}) should be the same{ending}")


def mixed_indices() -> Exception:
    """Indices on the accelerator into a tensor on the CPU."""
    return RuntimeError("indices should be either on cpu or on the same device as the indexed tensor (cpu)")


def wrong_generator(expected: str, found: str) -> Exception:
    """A random generator of another device than the tensor's."""
    return RuntimeError(f"Expected a '{expected}' device type for generator but found '{found}'")


def to_numpy(device: torch.device) -> Exception:
    """NumPy cannot see an accelerator's memory."""
    return TypeError(
        f"can't convert {device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
    )


def cannot_pin(kind: str) -> Exception:
    """Only memory of the host can be pinned."""
    return RuntimeError(f"cannot pin 'torch.{kind}.FloatTensor' only dense CPU tensors can be pinned")

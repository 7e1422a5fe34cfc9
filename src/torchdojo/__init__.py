"""torchdojo: get ready for, and run, PyTorch interviews."""

__version__ = "0.1.0"

"""The recorder: notes what a training script does, without changing what it computes."""

from torchdojo.harness.recorder.recording import Recorder

__all__ = ["Recorder"]

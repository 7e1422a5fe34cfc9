"""The candidate's side of an implement exercise: loads the submission and does what the judge asks of it."""

from torchdojo.harness.serving.job import run

__all__ = ["run"]

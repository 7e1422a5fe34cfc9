"""Starts the sandbox and the judge for one submission and hands out the report."""

from torchdojo.grading.grader import Grader

__all__ = ["Grader"]

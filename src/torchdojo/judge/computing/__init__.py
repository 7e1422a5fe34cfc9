"""Computation exercises: their generate.py run, and what it measures with."""

from torchdojo.judge.computing.asking import ask

__all__ = ["ask"]

"""Numeric experiments on copies of a model: what a changed input does to the output."""

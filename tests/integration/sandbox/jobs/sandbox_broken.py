"""A preload that cannot be imported."""

raise ImportError("the library it needs is not installed")

"""An interview as pure functions over its log: whether it is whole, where it stands, who may see what, the score."""

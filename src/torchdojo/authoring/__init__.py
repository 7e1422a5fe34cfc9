"""The author's verbs: verify and new."""

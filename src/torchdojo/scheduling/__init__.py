"""What to ask, and when: pure decisions over cards and their log. Clock and randomness are arguments."""

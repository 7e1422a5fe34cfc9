"""Run a job under limits in a fresh or warm-forked process. Knows nothing of exercises or torch."""

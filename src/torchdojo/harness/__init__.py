"""The candidate's side, inside the sandbox: runs learner code under the recorder."""

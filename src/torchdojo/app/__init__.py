"""One function per thing a user can do."""

"""What happens in an interview, as a fold over its events: state, score. Pure: no clock, no store, no network."""

"""The nouns of the house: frozen dataclasses and enums that every other room may use."""

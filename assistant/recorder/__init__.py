"""The flight recorder: what is kept of every turn beside its events, and how a turn is run again on today's code."""

"""Finds out what is wrong with an installation, and says what to do about it."""

from assistant.doctor.finding import Finding, State

__all__ = ["Finding", "State"]

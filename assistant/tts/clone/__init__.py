"""Voices made from recordings of a person."""

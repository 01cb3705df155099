"""What every backend of a kind has to do, as classes of tests: inherit one, say how yours is built, run pytest."""

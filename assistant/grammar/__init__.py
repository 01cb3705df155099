"""One set of sentences for understanding, for decoding and for tests."""

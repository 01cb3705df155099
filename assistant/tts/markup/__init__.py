"""SSML: how an answer is to be said, written into it. What speaks it is a voice that knows nothing of it."""

"""Who speaks: voices as vectors, and what they say about the people who are enrolled."""

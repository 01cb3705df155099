"""Voice activity by a network that ``training/vad`` made."""

"""People: who they are, and who may do what."""

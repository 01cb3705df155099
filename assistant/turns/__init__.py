"""Turn taking: one small file per policy, and what carries them out."""

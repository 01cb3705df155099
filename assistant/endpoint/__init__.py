"""Whether a speaker has finished, by the sound of it: what the end-of-turn model hears, and the model."""

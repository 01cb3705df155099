"""Whisper, Moonshine and Wav2Vec2 from a folder in the format of Hugging Face's transformers."""

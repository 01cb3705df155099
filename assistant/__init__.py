"""A conversational voice assistant that its owner keeps at home."""

__version__ = "0.1.0"

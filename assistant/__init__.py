"""A conversational voice assistant that its owner keeps at home."""

from assistant.quiet import keep_quiet

__version__ = "0.1.0"

keep_quiet()

"""A conversational voice assistant that its owner keeps at home."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("voice-assistant")
except PackageNotFoundError:
    __version__ = "0.0.0"

__all__ = ["__version__"]

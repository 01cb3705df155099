"""What the user asked for: one YAML file, checked to the line, as frozen values with defaults for all else."""

from assistant.config.load import load_config
from assistant.config.models import Audio, Component, Config, Home, Server, Skills, Source, Store, Turns, Wake

__all__ = [
    "Audio", "Component", "Config", "Home", "Server", "Skills", "Source", "Store", "Turns", "Wake", "load_config",
]

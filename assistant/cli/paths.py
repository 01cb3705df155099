"""``assistant paths``: where everything is."""

from __future__ import annotations


def paths() -> None:
    """Show where settings, skills and data are kept."""
    from assistant import paths as places
    from assistant.cli.output import facts
    from assistant.models.lock import models_dir

    facts([
        ("config", str(places.config_file())),
        ("your settings", str(places.config_dir())),
        ("your skills", str(places.data_dir() / "skills")),
        ("your voices", str(places.data_dir() / "voices")),
        ("models", str(models_dir())),
        ("database", str(places.database())),
        ("logs", str(places.state_dir())),
        ("cache", str(places.cache_dir())),
        ("sockets", str(places.runtime_dir())),
        ("shipped", str(places.shipped_dir())),
    ])

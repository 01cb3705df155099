"""Home Assistant's own sentences and answers (package home-assistant-intents) over this home and these skills."""

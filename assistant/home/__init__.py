"""The home: its devices over MQTT, what can be asked of them, and whether they did it."""

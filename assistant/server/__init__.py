"""The web page and its server: one tab is one source, with the browser's microphone and loudspeaker."""

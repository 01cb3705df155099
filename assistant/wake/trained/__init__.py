"""Wake words of one's own: networks that ``training/wake`` made."""

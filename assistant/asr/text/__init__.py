"""Recognisers that write text and cannot be told what may be said: what all of them share."""

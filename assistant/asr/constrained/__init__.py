"""Recognisers whose search may only write what the grammar allows: what all of them share."""

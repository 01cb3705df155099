"""Models and voices that are fetched on request: what there is, from where, and whether it is whole."""

"""Moonshine tiny, the recogniser that arrives inside a pip package, decoded under the grammar."""

"""Says when somebody speaks."""

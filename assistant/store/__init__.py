"""What outlives the process: timers, turns, settings, values of skills."""

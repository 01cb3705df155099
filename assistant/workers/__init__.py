"""Runs any component in a process of its own, and keeps that process alive.

Nothing is imported here, because a worker process passes through this package on its way to its service
and must not pay for the supervising side. Use `assistant.workers.spec` and `assistant.workers.worker`.
"""

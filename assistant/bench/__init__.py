"""Benchmarks: each takes data by folder or manifest, prints a table and writes flat, documented JSON."""

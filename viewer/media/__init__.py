"""Pixels: what is scanned, placed and decoded from files."""

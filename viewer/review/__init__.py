"""Checks over labels and pixels: matching first."""

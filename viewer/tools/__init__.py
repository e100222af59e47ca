"""Pointer events to previews and commands; small state machines without Qt."""

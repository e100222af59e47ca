"""Playing, and the timeline with its lanes."""

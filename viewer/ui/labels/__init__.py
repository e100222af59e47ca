"""The list of labels, what is asked about it, and what is worked out of labels ahead."""

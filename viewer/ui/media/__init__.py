"""Opening, and the list of what is open."""

"""What was measured: the list of it, and the plot of a profile."""

"""What exports say besides labels, and what their entries are shown on."""

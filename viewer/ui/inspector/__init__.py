"""What is known of what is selected, and its answers."""

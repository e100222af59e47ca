"""What will be written, and writing it."""

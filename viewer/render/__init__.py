"""What a view shows, as numpy arrays and plain values."""

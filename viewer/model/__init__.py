"""The project as an immutable value, and the bytes it came from."""

"""The main window: its parts, and who tells whom."""

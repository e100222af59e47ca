"""Widgets: they show a session and send intentions."""

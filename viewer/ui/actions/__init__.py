"""Every action in one table, as QActions, and what the status line says of them."""

"""The verbs of room `tasks`."""

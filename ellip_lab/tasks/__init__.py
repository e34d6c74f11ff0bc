"""Room `tasks`: everything that takes time is a task, and a task is a directory."""

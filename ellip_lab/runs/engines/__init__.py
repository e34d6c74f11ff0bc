"""The engines: each turns a request into a command."""

"""Room `runs`: running a document with an engine."""

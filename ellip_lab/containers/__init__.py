"""Room `containers`: the container engine."""

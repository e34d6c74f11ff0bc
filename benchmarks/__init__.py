"""What the project promises about speed and size, measured: see docs/benchmarks.md."""

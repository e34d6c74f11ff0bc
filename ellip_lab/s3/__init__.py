"""Room `s3`: object storage."""

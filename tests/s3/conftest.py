"""What the tests of storage may use: see `stores.py`."""

from s3.stores import connections, secure_store, store

__all__ = ["connections", "secure_store", "store"]

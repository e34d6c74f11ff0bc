"""Tests of the door `server`."""

"""Measures `archiver.diff` beside other differs."""

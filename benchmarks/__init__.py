"""Side-by-side measurements with peers, run by hand, never in the tests."""

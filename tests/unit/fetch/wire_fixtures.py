"""A server of our own on loopback, a second one that must stay untouched, and a way to fetch from the first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from wire_server import PAGE, Desk, Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def canary() -> Iterator[Server]:
    """Answers everybody and must never be asked."""
    with Server(pages={"*": PAGE}) as running:
        yield running
        assert running.connections == 0


@pytest.fixture
def desk(server: Server) -> Desk:
    return Desk(server)

"""The guards of conftest.py hold."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
from conftest import NetworkTouched

OUTSIDE = ("192.0.2.7", "2001:db8::7", "newspaper.example", "10.0.0.1", "169.254.169.254")


@pytest.mark.parametrize("host", OUTSIDE)
def test_other_machines_are_out_of_reach(host: str) -> None:
    with pytest.raises(NetworkTouched):
        socket.create_connection((host, 80), timeout=1)


@pytest.mark.parametrize("host", OUTSIDE)
def test_asyncio_is_guarded_too(host: str) -> None:
    with pytest.raises(NetworkTouched):
        asyncio.run(asyncio.open_connection(host, 80))


def test_datagrams_are_guarded_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out, pytest.raises(NetworkTouched):
        out.sendto(b"?", ("192.0.2.7", 53))


def test_a_reserved_name_fails_as_a_name_server_would_have_it() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("no-such-newspaper.invalid", 80)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=1):
        pass


def test_no_settings_of_the_caller_are_left() -> None:
    found = [name for name in os.environ if name.startswith(("GIT_", "LC_", "XDG_"))]
    assert found == []
    assert "home" in Path.home().name
    listed = subprocess.run(["git", "config", "--global", "--list"], capture_output=True, check=False)
    assert listed.stdout == b""


def test_local_time_is_not_utc() -> None:
    assert time.strftime("%z") == "+0545"

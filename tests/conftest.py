"""What every test may rely on: no network but loopback, nobody's settings, the fictional newsroom."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from hypothesis import settings

from archiver.demo.newsroom import Newsroom

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("steady")  # a test run says the same every time; --hypothesis-profile=explore looks further

LEAKS = ("GIT_", "ARCHIVER_", "XDG_", "LC_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_")
LEAKS += ("COLUMNS", "NO_COLOR", "CLICOLOR", "FORCE_COLOR", "PAGER")
KEPT = ("ARCHIVER_SAMPLE_DIR",)
CLEAN = {"LANG": "C.UTF-8", "TZ": "Asia/Kathmandu"}  # five hours and three quarters: local time cannot pass for UTC


class NetworkTouched(RuntimeError):
    """A test reached for something that is not on this machine."""


def refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: let loopback through, raise for everything else before a packet leaves."""
    if event == "socket.getaddrinfo":
        _refuse_host(args[0])
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        _refuse_host(args[1][0])


def _refuse_host(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if name.endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")  # what RFC 6761 has every resolver say
    try:
        is_local = name == "localhost" or ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise NetworkTouched(f"a test may not leave this machine: {name}")


sys.addaudithook(refuse_network)


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take the caller's git settings, home, locale and time zone away."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.upper().startswith(LEAKS) and name not in KEPT:
                patch.delenv(name)
        for name, value in CLEAN.items():
            patch.setenv(name, value)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    """The fictional newspaper, serving its first moment on a free port."""
    with Newsroom() as served:
        yield served

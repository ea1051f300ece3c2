"""The product's own server for tests: granian in a process, on the test's database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Server:
    """A running server: its address without a slash at the end, and the file of its output."""

    url: str
    log: Path


def database_url() -> str:
    """Return LIANFANG_DATABASE_URL for the database that the tests use now."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(values['NAME']))}"
    password = f":{quote(values['PASSWORD'], safe='')}" if values["PASSWORD"] else ""
    url = f"postgresql://{quote(values['USER'], safe='')}{password}@/{quote(values['NAME'])}"
    return f"{url}?host={quote(values['HOST'])}" + (
        f"&port={values['PORT']}" if values["PORT"] else ""
    )


def environment(**extra: str) -> dict[str, str]:
    """Return the environment for a program of the product that shares the tests' data."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "LIANFANG_TEST_DATA": str(settings.DATA_DIR),
        "LIANFANG_TEST_SERVER": "1",
        "LIANFANG_DATABASE_URL": database_url(),
        "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}",
        **extra,
    }


def free_port() -> int:
    """Return a port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server_process(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """Start one server for the session; tests take `server`, which also opens the database."""
    port = free_port()
    log = Path(settings.DATA_DIR) / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "lianfang.config.cli",
                "serve",
                "--port",
                str(port),
                "--workers",
                "1",
            ],
            cwd=PROJECT,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process, log)
        yield Server(url, log)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; fail with its output when it does not within 60 s."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer:\n{log.read_text(errors='replace')}")


@pytest.fixture
def server(server_process: Server, transactional_db: None) -> Server:
    """The running server, and a database whose rows it sees; emptied after the test.

    The process lives on from test to test: what it caches about rows outlives them.
    """
    return server_process

"""`manage.py demo` as a process: what it says, and that nothing of it stays behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager

import pytest
from django.db import connection

from cae_backoffice import environment
from cae_backoffice.demo.logins import DEMO_LOGINS
from tests.members.factories import make_user


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(port: int) -> Generator[subprocess.Popen[str]]:
    """The demo on the tests' database, as someone else's process."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    address = f"{host}:{database['PORT']}" if database["HOST"] else ""
    login = f"{database['USER']}:{database['PASSWORD']}@{address}"
    url = f"postgres://{login}/{database['NAME']}" + ("" if database["HOST"] else f"?host={host}")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port)],
        cwd=environment.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "ALLOWED_HOSTS": "localhost"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def demo_accounts(transactional_db: None) -> None:
    """The demo's logins, committed: the demo finds a database that is loaded already."""
    for login in DEMO_LOGINS:
        make_user(email=login.email)


def descendants(pid: int) -> dict[int, str]:
    """The processes under this one, each with its command line."""
    listing = subprocess.run(["ps", "-axo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listing.splitlines()]
    found: dict[int, str] = {}
    parents = {pid}
    while parents:
        children = {int(row[0]): row[2] for row in rows if int(row[1]) in parents}
        found |= children
        parents = set(children)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def read_welcome(process: subprocess.Popen[str]) -> str:
    """What it prints until it is up."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    return "".join(lines)


def test_up_welcomes_and_leaves_nothing_behind(demo_accounts: None, port: int) -> None:
    with demo(port) as process:
        welcome = read_welcome(process)
        family = descendants(process.pid)
        with closing(http.client.HTTPConnection("localhost", port)) as site:
            site.request("GET", "/readyz")
            answered = site.getresponse().status
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    assert f"http://localhost:{port}/" in welcome
    for login in DEMO_LOGINS:
        assert login.email in welcome
        assert login.password in welcome
    assert answered == 200
    assert len(family) >= 3
    assert [pid for pid in family if is_alive(pid)] == []
    assert "La démonstration est arrêtée." in rest
    assert (process.returncode, errors) == (0, "")


def test_a_process_that_dies_ends_the_demo(demo_accounts: None, port: int) -> None:
    with demo(port) as process:
        read_welcome(process)
        family = descendants(process.pid)
        (worker,) = [pid for pid, command in family.items() if "procrastinate worker" in command]
        os.kill(worker, signal.SIGKILL)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("The worker process ended unexpectedly (status -9).")
    assert [pid for pid in family if is_alive(pid)] == []


@pytest.mark.django_db
def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with demo(taken.getsockname()[1]) as process:
            _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "cannot be used (Address already in use): choose another with `make demo PORT=…`." in errors
    assert errors.count("\n") == 1


def test_a_real_cooperatives_database_is_refused(transactional_db: None, port: int) -> None:
    make_user(email="quelqu-un@cooperative.example")
    with demo(port) as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors == "This database holds another cooperative than the demo's: use an empty one.\n"

"""Runs the demo cooperative on one machine: web server and background worker, until Ctrl-C."""

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from cae_backoffice.demo.logins import DEMO_LOGINS
from cae_backoffice.environment import BASE_DIR, stop
from members.people.models import User

HOST = "127.0.0.1"
LOGS = BASE_DIR / "var" / "log"
START_SECONDS = 60
END_SECONDS = 10


class AskedToStop:
    """Remembers that a signal came: the demo ends at its next look, never in the middle of a step."""

    def __init__(self) -> None:
        self.to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._remember)

    def _remember(self, _number: int, _frame: FrameType | None) -> None:
        self.to_stop = True


@dataclass(frozen=True)
class Child:
    """One of the two processes of the demo, in a session of its own: the demo alone decides when it ends."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, name: str, *arguments: str) -> "Child":
        """Start `python arguments…` with its output in var/log."""
        LOGS.mkdir(parents=True, exist_ok=True)
        log = LOGS / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  arguments written below
                [sys.executable, *arguments],
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(name, process, log)

    def end(self) -> None:
        """Ask it to end, then insist."""
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Command(BaseCommand):
    """`manage.py demo`: loads the demo cooperative into an empty database, then serves it."""

    help = "Run the demo cooperative: web server and background worker, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only the port may be chosen; the demo never listens beyond this machine."""
        parser.add_argument("--port", type=int, default=8000, help="port on this machine (8000)")

    def handle(self, *_args: str, **options: Any) -> None:  # noqa: ANN401  Django's signature
        """Ends normally when it is asked to; with one sentence and status 1 when it cannot start or go on."""
        require_free(options["port"])
        with contextlib.suppress(KeyboardInterrupt):
            self.load()
            self.serve(options["port"])
        self.stdout.write("\nLa démonstration est arrêtée.")

    def load(self) -> None:
        """Fill an empty database; refuse one that holds something else than the demo."""
        if not User.objects.exists():
            self.stdout.write("Chargement de la coopérative de démonstration…")
            call_command("load_demo")
        emails = [email for _role, email, _password in DEMO_LOGINS]
        if User.objects.filter(email__in=emails).count() < len(set(emails)):
            stop("This database holds another cooperative than the demo's: use an empty one.")

    def serve(self, port: int) -> None:
        """Start both processes, say where to look, and watch them until a signal comes."""
        asked = AskedToStop()
        children: list[Child] = []
        try:
            children.append(Child.start("worker", "manage.py", "procrastinate", "worker"))
            children.append(Child.start("web", "-m", "gunicorn", f"--bind={HOST}:{port}", "--workers=1", "--threads=8"))
            if wait_until_ready(port, children, asked):
                self.welcome(port)
            while not asked.to_stop:
                require_alive(children)
                time.sleep(0.3)
        finally:
            for child in reversed(children):
                child.end()

    def welcome(self, port: int) -> None:
        """The address, and one login per role."""
        lines = ["", "La coopérative de démonstration est ouverte :", "", f"    http://localhost:{port}/", ""]
        lines += [f"    {role:<16}{email:<40}{password}" for role, email, password in DEMO_LOGINS]
        lines += ["", f"Journaux : {LOGS.relative_to(BASE_DIR)}/. Ctrl-C pour arrêter.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def require_free(port: int) -> None:
    """Stop with one sentence when something already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            stop(f"Port {port} of {HOST} cannot be used ({error.strerror}): choose another with `make demo PORT=…`.")
        except OverflowError:
            stop(f"{port} is not a port: choose one from 1024 to 65535.")


def wait_until_ready(port: int, children: list[Child], asked: AskedToStop) -> bool:
    """Wait for /readyz to say that database, migrations and worker are there; False when asked to stop before."""
    deadline = time.monotonic() + START_SECONDS
    while not asked.to_stop:
        if is_ready(port):
            return True
        require_alive(children)
        if time.monotonic() > deadline:
            stop(f"The demo is not ready after {START_SECONDS} s: see {LOGS}.")
        time.sleep(0.1)
    return False


def is_ready(port: int) -> bool:
    """What /readyz answers; False while nothing listens."""
    connection = http.client.HTTPConnection("localhost", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def require_alive(children: list[Child]) -> None:
    """Stop with the last lines of its log when a process has died."""
    for child in children:
        status = child.process.poll()
        if status is not None:
            tail = "\n".join(child.log.read_text(errors="replace").splitlines()[-5:])
            stop(f"The {child.name} process ended unexpectedly (status {status}). The end of {child.log}:\n{tail}")

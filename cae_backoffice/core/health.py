"""Two addresses for the machines that watch this one: is the process alive, and may it be sent people?"""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker

HEARTBEAT_MAX_AGE = timedelta(
    seconds=30
)  # a worker beats every 10 s; after 30 s procrastinate gives its jobs to another


@login_not_required
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 while the process answers; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when every check holds, else 503; each check is named with its result."""
    checks = {name: _holds(check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    results = {name: "ok" if holds else "failed" for name, holds in checks.items()}
    return JsonResponse({"status": "ok" if ready else "unavailable", "checks": results}, status=200 if ready else 503)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except DatabaseError:
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _no_migration_waits() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _a_worker_beats() -> bool:
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=Now() - HEARTBEAT_MAX_AGE)
    return bool(alive.exists())


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "migrations": _no_migration_waits,
    "worker": _a_worker_beats,
}

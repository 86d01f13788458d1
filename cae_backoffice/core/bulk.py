"""Reckoning and writing many rows at once; COPY keeps the triggers and constraints of single rows."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models


@contextmanager
def without_collection() -> Iterator[None]:
    """Reckon without Python's cyclic garbage collector: over a million live values, it takes as long as the work.

    For what makes no cycles and ends soon; as a decorator or in a `with`.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def reserved_ids(model: type[models.Model], count: int) -> list[int]:
    """The ids that the next rows will bear, so that rows which name one another can be written in one go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows to the model's table; `columns` are the names of its columns, none has a default in the database."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)

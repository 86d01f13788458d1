"""Writing many rows at once, with COPY: triggers and constraints hold as for single rows."""

from collections.abc import Iterable, Sequence

from django.db import connection, models


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

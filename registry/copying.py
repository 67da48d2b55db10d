"""Rows written by COPY, the cheapest way in: for rows that are surely not there yet.

COPY knows no conflict. The caller holds the lock that makes a row new (`registry.paper_store` locks papers by id), and
everything stays in the caller's transaction: it is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from operator import itemgetter
from typing import Any

import msgspec
import psycopg
from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from registry.arrays import array_text
from registry.database import planned_once

_encoder = msgspec.json.Encoder()


def copy_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write ``rows``, by column, in order; columns that the first row does not name get their default in all.

    Values are as for an INSERT: JSON as Python values (dataclasses too), text arrays as sequences. Raises
    sqlalchemy's DBAPIError, as a statement would.
    """
    if not rows:
        return
    names = tuple(rows[0])
    values_of = itemgetter(*names)
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    special = [(place, write) for place, name in enumerate(names) if (write := _written_as(table.c[name])) is not None]
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with (
            driver.cursor() as cursor,
            planned_once(session) if table.foreign_keys else nullcontext(),
            cursor.copy(statement.encode()) as copy,
        ):
            for row in rows:
                copy.write_row(_prepared(values_of(row), special))
    except psycopg.Error as error:
        lost = driver.closed
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(statement, {}, error, psycopg.Error, connection_invalidated=lost) from error


def _prepared(row: Sequence[Any], special: Sequence[tuple[int, Callable[[Any], str]]]) -> list[Any]:
    values = list(row)
    for place, write in special:
        if values[place] is not None:
            values[place] = write(values[place])
    return values


def _written_as(column: Column[Any]) -> Callable[[Any], str] | None:
    """How values of this column are written as text, None where the driver knows."""
    if isinstance(column.type, JSONB):
        return json_text
    return array_text if isinstance(column.type, ARRAY) else None


def json_text(value: object) -> str:
    """A value as JSON; dataclasses become objects."""
    return _encoder.encode(value).decode()

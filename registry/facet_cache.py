"""Keeping exact facet counts until something that they count changes, for each database of this process.

Which rows of ``facet_change`` a session sees says which state it sees (its triggers stand in the migration): counts are
kept under that, so that a reader never gets those of another moment, in whatever order writers commit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Table, func, select
from sqlmodel import Session

from registry.tables import FacetChangeRow

MOST_KEPT = 200
_CHANGE: Table = FacetChangeRow.__table__  # type: ignore[attr-defined]
_KEPT: WeakKeyDictionary[Engine, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
_lock = threading.Lock()
_Counts = TypeVar("_Counts")


def kept(session: Session, named: Hashable, count: Callable[[], _Counts]) -> _Counts:
    """What ``count`` gives for the state that ``session`` sees, from memory where it was counted before.

    ``named`` says what is counted. The least recently asked of two hundred go first.
    """
    state = session.execute(select(func.max(_CHANGE.c.id), func.count()).select_from(_CHANGE)).one()
    key = (named, *state)
    with _lock:
        of_database = _KEPT.setdefault(session.get_bind().engine, OrderedDict())
        if key in of_database:
            of_database.move_to_end(key)
            found: _Counts = of_database[key]
            return found
    found = count()
    with _lock:
        of_database[key] = found
        while len(of_database) > MOST_KEPT:
            of_database.popitem(last=False)
    return found

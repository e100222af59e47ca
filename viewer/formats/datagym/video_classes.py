"""Classes of the objects of videos, of which DATAGYM's files tell the type alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from viewer.errors import Issue
from viewer.formats.datagym.gather import UNKNOWN_CLASS
from viewer.formats.problems import few
from viewer.model.table import Columns

_SILENT = "DATAGYM's files of videos do not say the class of an object"
_CHOOSE = "in Edit it can be chosen for each object in the inspector, and is kept on this computer."


def videos_in(columns: Columns) -> frozenset[str]:
    """Return the ids of the entries of videos."""
    codes: list[int] = np.unique(columns.entries[columns.frames >= 0]).tolist()
    return frozenset(columns.keys[code] for code in codes)


def issues_of_videos(columns: Columns) -> Iterator[Issue]:
    """Yield what is not known of the classes of objects, and what was taken for them."""
    objects = np.unique(columns.owners[columns.frames >= 0])
    codes: list[int] = np.unique(columns.class_codes[objects]).tolist()
    names = [columns.classes[code] for code in codes]
    unknown = [name for name in names if name.startswith(UNKNOWN_CLASS)]
    taken = [name for name in names if name not in unknown]
    if unknown:
        sentence = (
            f"{_SILENT}, and several or no classes of the list are of its type ({few(unknown)}); "
            f"{_CHOOSE} A video task's own file lists none: put its project's export beside it."
        )
        yield Issue("note", "class-unknown", sentence)
    if taken:
        sentence = f"{_SILENT}: the only class of its type was taken ({few(taken)}); {_CHOOSE}"
        yield Issue("note", "class-by-type", sentence)

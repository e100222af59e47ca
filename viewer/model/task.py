"""A piece of work as an export lists it: study, task or row, with what its vendor says of it."""

from __future__ import annotations

import msgspec


class TaskKey(msgspec.Struct, frozen=True, order=True):
    """A task of an export, by the id that the export gives it."""

    export: str
    task: str


class Task(msgspec.Struct, frozen=True):
    """One study, task or row of an export.

    Args:
        id: unique within the export: what its vendor calls it.
        title: for people.
        entries: ids of the entries that it is made of; () where UIDs name its media.
        study: Study Instance UID, where UIDs name its media; None else.
        status: its state in the vendor's words, "" where the export says none.
        facts: (name, value) of what else the vendor says of it: stage, agreement, assignee.
    """

    id: str
    title: str
    entries: tuple[str, ...] = ()
    study: str | None = None
    status: str = ""
    facts: tuple[tuple[str, str], ...] = ()

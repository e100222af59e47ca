"""What lies beside an export and says more of it: classes, a label configuration, a project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from viewer.errors import CannotRead, Issue
from viewer.formats.datagym.answers import Types
from viewer.formats.datagym.configuration import Configuration, configuration_of
from viewer.formats.datagym.head import types_of
from viewer.formats.datagym.recognise import Kind, kind_of
from viewer.formats.datagym.records import ClassRow, Task, parsed
from viewer.formats.format import HEAD_BYTES
from viewer.formats.json_tools import Bytes
from viewer.formats.members import base_name
from viewer.model.source import Beside, Source

_LARGEST = 2**25  # bytes of a file beside that is read for it
_MOST = 40  # such files
_MOST_LOOKED_AT = 1_000
_HEAD = 4096  # bytes that tell what such a file is
_CONFIGURATION = re.compile(r"_configuration(?: ?\(\d+\))?\.json", re.IGNORECASE)
_SHORTEST = 8  # characters of an id that tells a task
_BEHIND_PATH = re.compile(r"[?#]")


@dataclass(frozen=True, eq=False)
class Near:
    """What other files say.

    Args:
        configuration: colours, texts, options and nesting.
        types: of classes, from a list of classes or a configuration.
        task: of a project's export that a video task's own file belongs to.
    """

    configuration: Configuration | None
    types: Types
    task: Task | None = None
    issues: tuple[Issue, ...] = ()


def near(sources: Sequence[Source], beside: Beside | None) -> Near:
    """Return what the other sources of an export say, and what lies beside its main file."""
    main, given = sources[0], [one.base for one in sources[1:]]
    is_video = kind_of(bytes(main.base[:HEAD_BYTES])) == "video"
    name = base_name(main.path)
    around = list(_around(beside, name, is_video=is_video))
    configurations = _of_kind("configuration", given) or _of_kind("configuration", around)
    issues = _several(configurations)
    task, more = _project(around, name) if is_video else (None, [])
    found = configuration_of(configurations[0]) if len(configurations) == 1 else None
    types = types_of([*_listed(given), *more]) or (found.types if found else None) or {}
    return Near(found, types, task, (*issues, *(found.issues if found else ())))


def types_in(given: Sequence[Bytes]) -> Types:
    """Return the types of classes that files which were opened with an export tell."""
    configurations = _of_kind("configuration", given)
    found = configuration_of(configurations[0]) if len(configurations) == 1 else None
    return types_of(_listed(given)) or (found.types if found else None) or {}


def _of_kind(kind: Kind, files: Iterable[Bytes]) -> list[Bytes]:
    return [data for data in files if kind_of(bytes(data[:HEAD_BYTES])) == kind]


def _listed(files: Iterable[Bytes]) -> Iterator[ClassRow]:
    """Yield the entries of lists of classes."""
    for data in _of_kind("classes", files):
        yield from _rows(parsed(data).tasks)


def _several(configurations: Sequence[object]) -> tuple[Issue, ...]:
    if len(configurations) < 2:
        return ()
    sentence = (
        f"{len(configurations)} label configurations lie beside the export, and none is used; open "
        "the export together with the one that is meant."
    )
    return (Issue("warning", "several-configurations", sentence),)


def _around(beside: Beside | None, main: str, *, is_video: bool) -> Iterator[bytes]:
    """Yield the files beside that may say something: few, and of a moderate size.

    A folder may hold as many video tasks as a project has: of files only the first bytes are
    looked at, as far as they do not say that the rest is wanted.
    """
    names = [name for name in beside.names("") if name.lower().endswith(".json")] if beside else []
    wanted = sorted(
        name for name in names if name != main and (is_video or _CONFIGURATION.search(name))
    )
    kinds = ("configuration", "tasks") if is_video else ("configuration",)
    found = 0
    for name in wanted[:_MOST_LOOKED_AT]:
        try:
            path = beside.find(name) if beside else None
            if beside and path is not None and kind_of(beside.head(path, _HEAD)) in kinds:
                found += 1
                yield beside.read(path, _LARGEST)
        except CannotRead:
            continue  # it is no part of the export; whoever opens it is told
        if found == _MOST:
            return


def _project(around: Iterable[bytes], name: str) -> tuple[Task | None, list[ClassRow]]:
    """Return the task whose own file has this name, and the classes of its project.

    Such a file is called after its task, whose id the project's export has in an address. Without
    that the classes are those of the only project beside.
    """
    projects = [parsed(data).tasks for data in around if kind_of(data[:HEAD_BYTES]) == "tasks"]
    for tasks in projects:
        for task in tasks:
            path = _BEHIND_PATH.split(task.task_export_url or "", maxsplit=1)[0]
            id = path.rstrip("/").rpartition("/")[2]
            if len(id) >= _SHORTEST and id in name:
                return task, list(_rows(tasks))
    return None, list(_rows(projects[0])) if len(projects) == 1 else []


def _rows(tasks: Iterable[Task]) -> Iterator[ClassRow]:
    for task in tasks:
        yield from task.label_classes or ()

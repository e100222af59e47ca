"""Which files a save writes, and what each of them holds; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from viewer.errors import CannotRead, CannotWrite
from viewer.formats.archive import OpenedArchive
from viewer.formats.beside import beside_of, parts_inside
from viewer.formats.companions import companions_beside
from viewer.formats.format import Raw, WriteJob, WritePlan
from viewer.formats.members import base_name, opened_member, split_member
from viewer.formats.table import format_named
from viewer.model.project import Export, Project
from viewer.model.source import Delete, Edit, Source, span_of, spliced

State = Literal["as opened", "changed", "new"]
_PIECE = 1 << 20


@dataclass(frozen=True, eq=False)
class Item:
    """One file of an export as it is to be written.

    Args:
        name: relative to the main file's folder, parts separated by "/".
        state: how it differs from what was opened.
        size_bytes: of the whole file.
        pieces: its content.
        changed_bytes: how many of them differ from what was opened.
    """

    name: str
    state: State
    size_bytes: int
    pieces: Callable[[], Iterable[Raw]]
    changed_bytes: int = 0


def plan_of(opened: Project, current: Project, export: str) -> WritePlan:
    """Return what writing an export would do.

    Raises:
        CannotWrite: the format cannot hold a change.
    """
    shown = opened.exports[export]
    base = opened.annotations.bases[export]
    job = WriteJob(
        export=shown,
        base=base,
        opened=opened.annotations.opened,
        edits=current.annotations.edits_of(export),
    )
    plan = format_named(shown.format).plan(job)
    copies = dict.fromkeys((*plan.copies, *companions_beside(shown, base)))
    return replace(plan, copies=tuple(copies))


def items_of(export: Export, plan: WritePlan, *, is_moved: bool = True) -> tuple[Item, ...]:
    """Return the files of an export as it is to be written: the main one first.

    Args:
        is_moved: files that go along unchanged are to be written too; otherwise those that cannot
            be opened are left where they are.

    Raises:
        CannotWrite: two of them would get one name, a name leads out of the folder, or a file that
            is to be copied cannot be opened.
    """
    main, *others = export.sources
    items = [_of_source(base_name(main.path), main, plan)]
    items += [_of_source(name_beside(main, one), one, plan) for one in others if one.path]
    news = [_of_new(file.name, file.content, main) for file in plan.files]
    taken = {item.name for item in news}
    if items[0].name in taken:
        raise CannotWrite(f"{items[0].name}: a new file has the main file's name; rename it.")
    kept = {item.name: item for item in items if item.name not in taken and item.state != "changed"}
    changed = [item for item in items if item.name not in taken and item.state == "changed"]
    if len({item.name for item in (*changed, *news)}) < len(changed) + len(news):
        raise CannotWrite(f"{items[0].name}: two of its files would get one name; rename one.")
    known = {item.name: item for item in (*news, *kept.values(), *changed)}
    for name in plan.copies:
        copied = _of_copy(name, main, is_moved=is_moved)
        if copied is not None:
            known.setdefault(copied.name, copied)
    first = known.pop(items[0].name)
    return (first, *known.values())


def name_beside(main: Source, other: Source) -> str:
    """Return what a source is called from the main one's folder; if elsewhere, its own name."""
    file, member = split_member(main.path)
    other_file, other_member = split_member(other.path)
    mine = PurePosixPath(member or Path(file).absolute().as_posix()).parent
    others = PurePosixPath(other_member or Path(other_file).absolute().as_posix())
    if others.is_relative_to(mine):
        return str(others.relative_to(mine))
    return others.name


def member_name(main: Source, name: str) -> str:
    """Return what a file of an export that came out of a zip is called in there."""
    _, member = split_member(main.path)
    return str(PurePosixPath(member or "").parent / name)


def _of_source(name: str, source: Source, plan: WritePlan) -> Item:
    edits = plan.edits.get(source.id, ())
    if not edits:
        return Item(name, "as opened", len(source.base), lambda: (memoryview(source.base),))
    size = len(source.base) + sum(map(_growth, edits))
    changed = sum(
        max(end - start, _new_bytes(edit)) for edit in edits for start, end in [span_of(edit)]
    )
    return Item(name, "changed", size, lambda: spliced(source.base, edits), changed)


def _growth(edit: Edit) -> int:
    start, end = span_of(edit)
    return _new_bytes(edit) - (end - start)


def _new_bytes(edit: Edit) -> int:
    return 0 if isinstance(edit, Delete) else len(edit.new)


def _of_new(name: str, content: bytes, main: Source) -> Item:
    return Item(
        _safe(name, main), "new", len(content), lambda: (memoryview(content),), len(content)
    )


def _of_copy(name: str, main: Source, *, is_moved: bool) -> Item | None:
    """A file beside the main one that goes with it; None where it is not there any more."""
    files = main.archive.files if isinstance(main.archive, OpenedArchive) else None
    try:
        path = beside_of(main.path, files).find(name)
        if path is None:
            return None
        with opened_member(path, files) as reader:
            size = reader.size
    except CannotRead as error:
        if not is_moved:
            return None
        raise CannotWrite(f"{name} cannot be copied: {error}") from error

    def pieces() -> Iterator[Raw]:
        with opened_member(path, files) as reader:
            for at in range(0, size, _PIECE):
                yield reader.read(at, min(_PIECE, size - at))

    return Item(_safe(name, main), "as opened", size, pieces)


def _safe(name: str, main: Source) -> str:
    """Return a file's name below the main one's folder.

    Raises:
        CannotWrite: it leads out of it, or no file can have it.
    """
    title = base_name(main.path)
    try:
        parts = parts_inside(name.replace("\\", "/"), (), title)
    except CannotRead as error:
        raise CannotWrite(
            f"{title}: a file named {name[:200]!r} would lie outside of its folder."
        ) from error
    if (
        not parts
        or "\0" in name
        or any(len(part.encode("utf-8", "replace")) > 255 for part in parts)
    ):
        raise CannotWrite(f"{title}: no file can be named {name[:200]!r}.")
    return "/".join(parts)

"""Projects to files: the opened bytes with an edit plan applied, checked, then put in place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from viewer.errors import CannotRead, CannotWrite
from viewer.formats.archive import OpenedArchive
from viewer.formats.format import ChangedLabel, Raw, WritePlan
from viewer.formats.members import base_name, cleaned, split_member
from viewer.formats.outputs import Item, items_of, member_name, plan_of
from viewer.formats.placing import Placed, file_to_write, put_all, refused
from viewer.formats.rezip import Content, rezipped
from viewer.model.project import Export, Project
from viewer.model.source import spliced

ZIP_ENDING = ".zip"
NO_PLANS: Mapping[str, WritePlan] = MappingProxyType({})


@dataclass(frozen=True)
class WriteReport:
    """What was written.

    Args:
        path, size_bytes, sha256: of the main file, or of the zip.
        changed: annotations that the files hold differently from those opened.
        notes: what a person should know, in sentences.
        files: every file that was written, the main one last.
        exports: the exports that are saved with it, all that came out of a zip: SHA-256 of each of
            their sources as written, in order, by id.
    """

    path: str
    size_bytes: int
    sha256: str
    changed: tuple[ChangedLabel, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[Placed, ...] = ()
    exports: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a save would do.

    Args:
        target: the main file, or the zip.
        items: the files that would be written, or the members of the zip that would change; the
            main file first.
        skipped: files of the export that stay where they are.
        archive: the zip that is written anew; None for files.
        plans: what becomes of each export, by id.
    """

    target: Path
    items: tuple[Item, ...]
    skipped: tuple[Item, ...]
    archive: OpenedArchive | None
    plans: Mapping[str, WritePlan]


def write_export(
    opened: Project,
    current: Project,
    export_id: str,
    destination: str | Path,
    *,
    overwrite: bool = False,
    make_folder: bool = False,
) -> WriteReport:
    """Write one export as `current` has it: the bytes opened, with only the edits spliced in.

    Its other files go beside the main one; they are written before it. What came out of a zip may
    go into a new zip, with all else that is in there as it was.

    Args:
        opened: the project as it was read.
        destination: a file, or a folder that gets files of the sources' names; a name that ends
            with ".zip" for an export that came out of one.
        overwrite: allow a destination that is one of the files opened.
        make_folder: make the destination's folder if it is not there.

    Raises:
        CannotWrite: the format cannot hold an edit, or the destination cannot be written; no file
            was touched then.
    """
    outcome = outcome_of(opened, current, export_id, destination, make_folder=make_folder)
    if not overwrite:
        refuse_opened(outcome, (opened, current))
    try:
        placed = put_all(_files(outcome))
    except CannotRead as error:  # a file that is copied along
        raise CannotWrite(str(error)) from error
    plans = outcome.plans.values()
    return WriteReport(
        placed[-1].path,
        placed[-1].size_bytes,
        placed[-1].sha256,
        tuple(label for plan in plans for label in plan.changed),
        tuple(dict.fromkeys(note for plan in plans for note in plan.notes)),
        tuple(placed),
        {
            id: tuple(_digests(opened.exports[id], plan, outcome, placed[-1].sha256))
            for id, plan in outcome.plans.items()
        },
    )


def _digests(export: Export, plan: WritePlan, outcome: Outcome, main: str) -> Iterator[str]:
    """Yield the SHA-256 of each source of an export as it was written.

    Args:
        main: of the main file, or of the zip.
    """
    for source in export.sources:
        edits = plan.edits.get(source.id, ())
        if source is export.sources[0] and outcome.archive is None:
            yield main
        elif not edits:
            yield source.sha256
        else:
            hashed = hashlib.sha256()
            for piece in spliced(source.base, edits):
                hashed.update(piece)
            yield hashed.hexdigest()


def outcome_of(
    opened: Project,
    current: Project,
    export_id: str,
    destination: str | Path,
    *,
    make_folder: bool = False,
    plans: Mapping[str, WritePlan] = NO_PLANS,
) -> Outcome:
    """Return what `write_export` would do with the same arguments; nothing is written.

    Args:
        opened, current, export_id, destination, make_folder: as for `write_export`.
        plans: of exports, by id, where they are known already.

    Raises:
        CannotWrite: as `write_export`, but for files that are open.
    """
    export = opened.exports[export_id]
    archive = export.sources[0].archive
    target = _target(Path(destination), base_name(export.sources[0].path), make_folder)
    is_zip = target.suffix.lower() == ZIP_ENDING
    if isinstance(archive, OpenedArchive) and (is_zip or archive.is_at(target)):
        return _zip_outcome(opened, current, archive, target, plans)
    if is_zip:
        raise CannotWrite(f"{target.name}: {export.title} is no part of a zip; name a JSON file.")
    plan = plans.get(export_id) or plan_of(opened, current, export_id)
    opened_in = Path(export.sources[0].path).parent
    stays = archive is None and _is_same(target.parent, opened_in)
    items = items_of(export, plan, is_moved=not stays)
    skipped: tuple[Item, ...] = ()
    if stays:
        skipped = tuple(item for item in items[1:] if item.state == "as opened")
    written = tuple(item for item in items if item not in skipped)
    return Outcome(target, written, skipped, None, {export_id: plan})


def _zip_outcome(
    opened: Project,
    current: Project,
    archive: OpenedArchive,
    target: Path,
    plans: Mapping[str, WritePlan],
) -> Outcome:
    """What becomes of a zip: every export that came out of it is written into it."""
    found: dict[str, WritePlan] = {}
    items: list[Item] = []
    for id, export in opened.exports.items():
        main = export.sources[0]
        if main.archive is archive:
            found[id] = plans.get(id) or plan_of(opened, current, id)
            items += [
                replace(item, name=member_name(main, item.name))
                for item in items_of(export, found[id], is_moved=False)
                if item.state != "as opened"
            ]
    if len({item.name for item in items}) < len(items):
        raise CannotWrite(f"{target.name}: two exports of the zip change one file of it.")
    return Outcome(target, tuple(items), (), archive, found)


def _targets(outcome: Outcome) -> list[Path]:
    """The files that are written, the main one last."""
    folder = outcome.target.parent
    others = outcome.items[1:] if outcome.archive is None else ()
    targets = [_inside(folder, item.name) for item in others]
    if outcome.target in targets:
        raise CannotWrite(f"{outcome.target.name} is the name of another file of the export too.")
    return [*targets, outcome.target]


def _files(outcome: Outcome) -> list[tuple[Path, Iterable[Raw]]]:
    """Return the files to write, the main one last."""
    if outcome.archive is not None:
        names = (reference.member or "" for reference in outcome.archive.members)
        inside = {cleaned(name): name for name in names}
        changed: dict[str, Content] = {}
        added: dict[str, Content] = {}
        for item in outcome.items:
            name = cleaned(item.name)
            known = name in inside
            (changed if known else added)[inside.get(name, name)] = item.pieces
        return [(outcome.target, rezipped(outcome.archive, changed, added))]
    main, *others = outcome.items
    pieces = (item.pieces() for item in (*others, main))
    return list(zip(_targets(outcome), pieces, strict=True))


def _inside(folder: Path, name: str) -> Path:
    """Return a file's place below a folder, which no link may lead out of."""
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise CannotWrite(f"{path} is a link out of {folder}; choose another folder.")
        if path.is_dir():
            raise CannotWrite(f"{path} is a folder; choose another folder for the copy.")
    except (OSError, RuntimeError) as error:
        raise CannotWrite(f"{path} cannot be written; choose another folder.") from error
    return path


def _target(destination: Path, name: str, make_folder: bool) -> Path:
    try:
        is_folder = destination.is_dir()
        if make_folder and not is_folder and not destination.parent.exists():
            file_to_write(destination.parent)  # which is to be made
            return destination.absolute()
    except OSError as error:  # such as a name that is too long
        raise refused(destination, error) from error
    return file_to_write(destination / name if is_folder else destination)


def refuse_opened(outcome: Outcome, projects: Iterable[Project]) -> None:
    """Check that no file is written over that was opened, or that lies beside what was opened.

    Raises:
        CannotWrite: one would be.
    """
    *others, main = targets = _targets(outcome)
    exports = {id(one): one for project in projects for one in project.exports.values()}
    for export in exports.values():
        for source in export.sources:
            opened = Path(split_member(source.path)[0])
            for target in targets if source.path else ():
                if _is_same(target, opened):
                    raise CannotWrite(
                        f"{target.name} is open and stays as it was read; choose another name."
                    )
        for target in others:
            if target.exists() and _lies_beside(target, export):
                raise CannotWrite(
                    f"{target.name} lies beside the opened {export.title} and stays as it is;"
                    f" choose another folder for {main.name}."
                )


def _lies_beside(target: Path, export: Export) -> bool:
    main = export.sources[0]
    return main.archive is None and target.resolve().is_relative_to(
        Path(main.path).resolve().parent
    )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other.resolve()

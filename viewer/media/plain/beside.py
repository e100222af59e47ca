"""The data file that a header names: in the same folder, and nowhere else."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from viewer.errors import CannotRead
from viewer.media.files import Files
from viewer.media.instance import FileRef


def beside(file: FileRef, name: str, opener: Files) -> FileRef | None:
    """Return the file of a name in the folder of `file`, None when there is none.

    Raises:
        CannotRead: the name leads out of the folder, by "..", as a whole path or through a link.
    """
    inner = PurePosixPath(name.replace("\\", "/"))
    if not name or "\0" in name or inner.is_absolute() or ".." in inner.parts or ":" in name:
        raise _leads_out(file, name)
    if file.member is not None:
        wanted = str(PurePosixPath(file.member).parent / inner)
        members = opener.members_named(file.path, wanted)
        return members[0] if members else None
    folder = Path(file.path).parent
    path = folder / inner
    if not path.is_file():
        return None
    if not path.resolve().is_relative_to(folder.resolve()):
        raise _leads_out(file, name)
    return FileRef(str(path))


def data_beside(file: FileRef, name: str, opener: Files) -> FileRef:
    """Return the one data file that a header names.

    Raises:
        CannotRead: it lies outside of the folder or is not there, or there are several.
    """
    if name.upper().startswith("LIST") or "%" in name:
        raise CannotRead(
            f"{file.name}: its data are spread over several files; save it as one file."
        )
    data = beside(file, name, opener)
    if data is None:
        raise CannotRead(f"{file.name}: its data file {name!r} is not beside it; copy it there.")
    return data


def _leads_out(file: FileRef, name: str) -> CannotRead:
    return CannotRead(
        f"{file.name}: names the data file {name!r}, which lies outside of its folder; not opened."
        " Put both into one folder."
    )

"""Files of exports, on disk or inside a zip, where one is called "archive.zip!member"."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path, PurePosixPath

from viewer.errors import CannotRead
from viewer.formats.format import HEAD_BYTES
from viewer.media.files import ByteReader, Files
from viewer.media.instance import FileRef

ZIP_START = b"PK\x03\x04"


def split_member(path: str | Path) -> tuple[str, str | None]:
    """Return the file of a path and the zip member in it, None for a whole file.

    A file whose own name has a "!" in it comes first.
    """
    text = str(path)
    if "!" not in text or _is_file(text):
        return text, None
    at = text.find("!")
    while at >= 0:
        if _is_file(text[:at]):
            return text[:at], text[at + 1 :]
        at = text.find("!", at + 1)
    return text, None


def base_name(path: str | Path) -> str:
    """Return the name that a file, or a zip's member, has without its folders."""
    file, member = split_member(path)
    return Path(file).name if member is None else PurePosixPath(member).name


def cleaned(member: str) -> str:
    """Return a zip member's name as names are looked for: "/" between parts, no "." among them."""
    parts = member.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def whole_path(path: str | Path) -> str:
    """Return a path as it is compared with others: from the root, without "." and ".."."""
    file, member = split_member(path)
    return whole(FileRef(file, member))


def whole(file: FileRef) -> str:
    """Return the path of a file or a zip's member as `whole_path` spells it."""
    path = os.path.abspath(file.path).replace(os.sep, "/")  # noqa: PTH100 - links stay
    return path if file.member is None else f"{path}!{cleaned(file.member)}"


def folder_of(path: str | Path) -> str:
    """Return what the whole paths of the files in a file's folder and below begin with."""
    file, member = split_member(path)
    if member is None:
        return whole(FileRef(file)).rpartition("/")[0] + "/"
    archive, inner = whole(FileRef(file)), cleaned(member).rpartition("/")[0]
    return f"{archive}!{inner}/" if inner else f"{archive}!"


@contextmanager
def opened_member(path: str | Path, files: Files | None = None) -> Generator[ByteReader]:
    """Open a file or a zip's member for reading.

    Args:
        path: of a file, or of a member as "archive.zip!member".
        files: keeps the archives open; whoever asks for many members passes the same one.

    Raises:
        CannotRead: it is not there, may not be read, is encrypted or damaged, or a zip has several
            of that name.
    """
    file, member = split_member(path)
    with closing(Files()) if files is None else nullcontext(files) as opened:
        reference = FileRef(file)
        if member is not None:
            named = opened.members_named(file, member)
            if not named:
                raise CannotRead(f"{Path(file).name} holds no {member}; open it again.")
            if len(named) > 1:
                raise CannotRead(
                    f"{Path(file).name} holds {len(named)} files that are all named {member};"
                    " unpack them under different names and open those."
                )
            reference = named[0]
        with closing(opened.open(reference)) as reader:
            yield reader


def head_of(path: str | Path, length: int = HEAD_BYTES, files: Files | None = None) -> bytes:
    """Return the first bytes of a file or member; `files` as in `opened_member`.

    Raises:
        CannotRead: it cannot be opened.
    """
    with opened_member(path, files) as reader:
        return reader.read(0, length)


def is_zip(path: str | Path) -> bool:
    """Whether a file is a zip by its first bytes; one that cannot be opened says so later."""
    try:
        return head_of(path, len(ZIP_START)) == ZIP_START
    except CannotRead:
        return False


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # a name that is too long is no file
        return False

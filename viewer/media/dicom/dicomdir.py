"""DICOMDIR: what an index lists is checked against the files; it never leads out of its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from viewer.errors import Issue
from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.kinds import INDEX, kind_of
from viewer.media.dicom.nested import BROKEN, elements_in, items_in
from viewer.media.instance import FileRef

_FILE_ID = 0x00041500
_NAMED = 3  # examples in a sentence


def is_index(header: Header) -> bool:
    """Whether the file is a DICOMDIR."""
    sop_class = header.text(tags.SOP_CLASS) or header.text(tags.MEDIA_STORAGE_CLASS)
    return kind_of(sop_class) == INDEX


def folders_of_indices(headers: Sequence[Header], paths: Sequence[str | Path]) -> list[str]:
    """Folders whose DICOMDIR was opened by itself: what lies in them is meant."""
    named = {os.path.realpath(path) for path in paths}
    return [
        str(Path(header.file.path).parent)
        for header in headers
        if header.file.member is None
        and is_index(header)
        and os.path.realpath(header.file.path) in named
    ]


def index_issues(headers: Sequence[Header], listing: Sequence[FileRef]) -> Iterator[Issue]:
    """Say for each DICOMDIR which of the files that it lists are missing or lie elsewhere.

    Names are compared without regard to case, as the media that DICOMDIRs come from have them.

    Source: DICOM PS3.3 F.3 and PS3.10 8.2.
    """
    indices = [header for header in headers if is_index(header)]
    if not indices:
        return
    here = {_key(file) for file in listing}
    for header in indices:
        try:
            names = list(_file_ids(header))
        except BROKEN:
            sentence = f"{header.file.name}: the index is damaged; the files beside it are opened"
            issue = Issue("warning", "index-damaged", f"{sentence} without it.", header.file.name)
            yield issue
            continue
        outside = [name for name in names if _is_outside(name)]
        base = _key(header.file)[: -len(_last(header.file))]
        missing = [
            name for name in names if not _is_outside(name) and _inside(base, name) not in here
        ]
        yield _issue(header.file, names, missing, outside)


def _issue(
    file: FileRef,
    names: Sequence[tuple[str, ...]],
    missing: Sequence[tuple[str, ...]],
    outside: Sequence[tuple[str, ...]],
) -> Issue:
    what = f"{file.name}: an index of {len(names)} {'file' if len(names) == 1 else 'files'}"
    if not missing and not outside:
        all_here = ", all of them here" if names else ""
        return Issue("note", "not-a-picture", f"{what}{all_here}.", file.name)
    said: list[str] = []
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        said.append(f"{len(missing)} of them {verb} missing ({_examples(missing)})")
    if outside:
        said.append(f"{len(outside)} would lie outside its folder and are not opened")
        said[-1] += f" ({_examples(outside)})"
    return Issue("warning", "index-incomplete", f"{what}; {'; '.join(said)}.", file.name)


def _examples(names: Sequence[tuple[str, ...]]) -> str:
    words = ["/".join(name) for name in names[:_NAMED]]
    return ", ".join(words) + (", ..." if len(names) > _NAMED else "")


def _file_ids(header: Header) -> Iterator[tuple[str, ...]]:
    """The parts of the Referenced File IDs of all records, each once."""
    raw, encoding = header.elements.get(tags.DIRECTORY_RECORDS, b""), header.encoding
    seen: set[bytes] = set()
    for item in items_in(raw, 0, len(raw), encoding):
        for tag, begin, end in elements_in(raw, *item, encoding):
            value = raw[begin:end]
            if tag == _FILE_ID and value.strip(b" \0") and value not in seen:
                seen.add(value)
                yield tuple(p.strip(" \0") for p in value.decode("latin-1").split("\\"))


def _is_outside(parts: tuple[str, ...]) -> bool:
    """A part that is no plain name could lead anywhere."""
    return any(part in ("", ".", "..") or "/" in part or ":" in part for part in parts)


def _inside(base: str, parts: tuple[str, ...]) -> str:
    return base + "/".join(parts).casefold()


def _key(file: FileRef) -> str:
    """A file's place with forward slashes, without regard to case; unique among zip members."""
    path = Path(file.path).as_posix()
    return (path if file.member is None else f"{path}!{file.member}").casefold()


def _last(file: FileRef) -> str:
    return _key(file).rpartition("/")[2].rpartition("!")[2]

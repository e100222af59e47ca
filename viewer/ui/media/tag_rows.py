"""Elements of a DICOM file as rows of words, and the search among them; worked out in jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from viewer.media.dicom.element_tree import Element, elements_of
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.stopping import Cancel
from viewer.media.volume import Media, Video

MOST_ROWS = 5_000  # below one row
MOST_FOUND = 500
MOST_LOOKED_AT = 200_000  # elements of one search
FRAME_GROUPS = 0x52009230  # Per-frame Functional Groups Sequence
Check = Callable[[], None]


@dataclass(frozen=True, eq=False)
class TagRow:
    """One line: tag, name, value representation and value in words.

    Args:
        element: None for items of a sequence, and for facts that are no elements.
        path: the sequences and items that it stands in, for what was searched.
    """

    tag: str
    name: str
    representation: str
    value: str
    element: Element | None = None
    below: tuple[Element, ...] | None = None
    path: str = ""

    @property
    def has_more(self) -> bool:
        """It can be unfolded."""
        return self.below is not None or (self.element is not None and self.element.is_sequence)

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What stands in the four columns; a narrow one cuts the path, not the name."""
        name = f"{self.name} · {self.path}" if self.path else self.name
        return self.tag, name, self.representation, self.value


@dataclass(frozen=True, eq=False)
class FileTags:
    """What a file says of itself.

    Args:
        elements: None for a file that is not DICOM.
    """

    file: FileRef
    elements: tuple[Element, ...] | None
    rows: tuple[TagRow, ...]


def file_shown(media: Media, index: int) -> tuple[FileRef, int]:
    """Return the file of a picture, and which frame of that file it is, from 0."""
    if isinstance(media, Video):
        return media.file, index
    left = index
    for instance in media.instances:
        if left < instance.pictures:
            return instance.file, left if instance.frame is None else instance.frame
        left -= instance.pictures
    return media.reader.file_of(index), index


def tags_of(file: FileRef, cancelled: Cancel) -> FileTags:
    """Read a file's elements; not on the main thread.

    Raises:
        CannotRead: it is gone, or its header cannot be read.
        Cancelled: `cancelled` answered yes.
    """
    with closing(Files()) as files:
        elements = elements_of(file, files, cancelled)
    return FileTags(file, elements, rows_of(elements or ()))


def rows_of(elements: Sequence[Element]) -> tuple[TagRow, ...]:
    """Return elements as rows; those beyond what a person reads are counted."""
    rows = tuple(row_of(element) for element in elements[:MOST_ROWS])
    left = len(elements) - len(rows)
    return (*rows, TagRow("", f"{left:,} more", "", "Search to find them.")) if left > 0 else rows


def row_of(element: Element, path: str = "") -> TagRow:
    """Return an element as a row."""
    value = element.text()
    if element.is_sequence:
        value = "sequence"
    elif element.is_long():
        value = f"{value[:200]} …"
    words = " ".join(value.split())
    return TagRow(element.number, element.name, element.representation, words, element, path=path)


def rows_below(row: TagRow, frame: int | None = None) -> tuple[TagRow, ...]:
    """Return the rows under a sequence or an item.

    Args:
        frame: the one shown, whose item of the functional groups is named.
    """
    if row.below is not None:
        return rows_of(row.below)
    if row.element is None:
        return ()
    rows: list[TagRow] = []
    for number, elements in enumerate(row.element.items(), 1):
        if number > MOST_ROWS:
            rows.append(TagRow("", "more items", "", "Search to find them."))
            break
        is_shown = row.element.tag == FRAME_GROUPS and frame is not None and number == frame + 1
        words = "the frame shown" if is_shown else f"{len(elements):,} elements"
        rows.append(TagRow("", f"Item {number:,}", "", words, below=elements))
    return tuple(rows) or (TagRow("", "No items", "", "empty, or damaged"),)


def found_in(elements: Sequence[Element], words: str, check: Check) -> tuple[TagRow, ...]:
    """Return the elements, nested ones too, whose tag, name or value holds all words.

    Where there is none, a row says so.

    Args:
        words: parted by spaces; a tag may be written with or without its signs.
        check: called for each; may raise to stop.
    """
    wanted = words.lower().split()
    found: list[TagRow] = []
    for looked_at, (element, path) in enumerate(_all(elements, "")):
        if looked_at % 64 == 0:
            check()
        if looked_at == MOST_LOOKED_AT or len(found) == MOST_FOUND:
            found.append(TagRow("", "More were not looked at", "", "Search for less."))
            break
        plain = element.number.strip("()").replace(",", "").lower()
        text = f"{element.number} {plain} {element.name} {_keyword(element)} {element.text()}"
        if all(word in text.lower() for word in wanted):
            found.append(row_of(element, path))
    return tuple(found) or (_no_row(words),)


def facts_rows(facts: Sequence[tuple[str, str]]) -> tuple[TagRow, ...]:
    """Return facts of a media as rows without tags."""
    return tuple(TagRow("", name, "", value) for name, value in facts)


def matching(rows: Sequence[TagRow], words: str) -> tuple[TagRow, ...]:
    """Return the rows of facts that hold all words; where there is none, a row says so."""
    wanted = words.lower().split()
    found = tuple(
        row for row in rows if all(word in f"{row.name} {row.value}".lower() for word in wanted)
    )
    return found if found or not wanted else (_no_row(words),)


def _no_row(words: str) -> TagRow:
    return TagRow("", "Nothing found", "", f"No tag, name or value holds {words}.")


def _all(elements: Sequence[Element], path: str) -> Iterator[tuple[Element, str]]:
    for element in elements:
        yield element, path
        if element.is_sequence:
            for number, items in enumerate(element.items(), 1):
                here = f"{element.name} {number}"
                yield from _all(items, f"{path} › {here}" if path else here)


def _keyword(element: Element) -> str:
    return "".join(part for part in element.name if part.isalnum())

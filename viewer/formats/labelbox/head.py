"""What an export says besides its labels, and what is odd about it: a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viewer.errors import Issue
from viewer.formats.labelbox.records import Row
from viewer.formats.problems import few
from viewer.model.project import AuthorKind

if TYPE_CHECKING:
    from viewer.formats.labelbox.labels import Labels

COUNTED = (
    "from the edge of the first pixel (taken: the format does not say; its centre can be chosen "
    "under Labels and images)"
)
BETWEEN_KEYS = (
    "worked out along frames and slices; outlines of unequal numbers of vertices stay as at the "
    "key frame before (taken: the format does not say; that all stay so can be chosen under Labels "
    "and images)"
)
_REFORMATS = ("sagittal", "coronal")
_AS_STORED = ("1", "1.0", "0", "0.0")


@dataclass(eq=False)
class Told:
    """What rows say besides their labels.

    Args:
        projects: names of projects by id.
        turned: titles of rows whose picture is stored turned.
    """

    authors: dict[str, str] = field(default_factory=dict[str, str])
    author_kinds: dict[str, AuthorKind] = field(default_factory=dict[str, AuthorKind])
    projects: dict[str, str] = field(default_factory=dict[str, str])
    models: dict[str, str] = field(default_factory=dict[str, str])
    turned: list[str] = field(default_factory=list[str])
    ids: dict[str, int] = field(default_factory=dict[str, int])

    def take(self, row: Row, entry: str) -> None:
        """Take the facts of one row."""
        self.ids[entry] = self.ids.get(entry, 0) + 1
        for id, project in row.projects.items():
            self.projects.setdefault(id, project.name or project.project_name or "")
        for id, experiment in row.experiments.items():
            self.models.setdefault(id, experiment.name or "")
        media = row.media_attributes
        if media is not None and str(media.exif_rotation or 1) not in _AS_STORED:
            self.turned.append(entry)

    def facts(self, rows: int) -> tuple[tuple[str, str], ...]:
        """Return named values for people."""
        found = [("data rows", f"{rows:,}"), ("coordinates", COUNTED)]
        found.append(("between key frames", BETWEEN_KEYS))
        for what, named in (("project", self.projects), ("model", self.models)):
            for id, name in named.items():
                found += [(what, name or id), (f"{what} id", id)]
        return tuple(found)


def head_issues(told: Told, labels: Labels) -> Iterator[Issue]:
    """Yield what is odd about rows and frames."""
    twice = [id for id, count in told.ids.items() if count > 1]
    if twice:
        yield Issue(
            "note",
            "repeated-row",
            f"{_count(len(twice), 'data row')} in several rows of the file ({few(twice)}); the "
            "labels of all of them are shown.",
            twice[0],
        )
    if told.turned:
        yield Issue(
            "warning",
            "turned-picture",
            f"{_count(len(told.turned), 'picture')} stored turned ({few(told.turned)}), and the "
            "format does not say whether labels count on the turned picture; they are shown on "
            "the picture as it is displayed, unless the size that the export says is the stored "
            "one's: check one, and choose the other under Labels and images.",
            told.turned[0],
        )
    yield from _frame_issues(labels)


def _frame_issues(labels: Labels) -> Iterator[Issue]:
    if labels.base == 0:
        yield Issue(
            "warning",
            "frames-from-0",
            "The export has a frame 0, so its frames are taken to count from 0; Labelbox counts "
            "from 1. Check a label against its frame; the first frame can be chosen under Labels "
            "and images.",
        )
    elif labels.group_names:
        yield Issue(
            "note",
            "frames-from-1",
            "Slices of DICOM labels are taken to count from 1, as frames of videos do, and to go "
            "up in position; the format does not say so. Check a label against its slice; "
            "the first frame can be chosen under Labels and images, and the order too.",
        )
    across = sorted(name for name in labels.group_names if name.lower() in _REFORMATS)
    if across:
        yield Issue(
            "note",
            "planes-unconfirmed",
            f"Labels on {' and '.join(across)} are taken to count frames by columns and rows of "
            "the slices, and their y by slices from the first one; the format does not say so. "
            "Check one, and flip or scale its plane under Labels and images.",
            across[0],
        )
    if labels.bad_frames:
        yield Issue(
            "warning",
            "odd-frame",
            "Keys of 'frames' that are no frame numbers, or come twice: "
            f"{len(labels.bad_frames):,} ({few(repr(key[:20]) for key in labels.bad_frames)}); "
            "what stands there is listed and stays in the file.",
            labels.bad_frames[0],
        )
    if labels.without_room:
        yield Issue(
            "warning",
            "too-many-frames",
            f"{few(labels.without_room)}: the segments reach over more frames than can be shown; "
            "only the frames that are stored are.",
            labels.without_room[0],
        )


def elsewhere_issues(elsewhere: Sequence[tuple[str, str]]) -> Iterator[Issue]:
    """Yield, for labels whose frames are not in the export, where they would be."""
    for label, address in elsewhere:
        place = address.partition("?")[0]
        yield Issue(
            "warning",
            "frames-elsewhere",
            f"The frames of label {label} are not in this file but at {place[:120]}, and nothing "
            "is fetched; save them as NDJSON and open them together with this file.",
            label,
        )


def _count(number: int, word: str) -> str:
    return f"1 {word} is" if number == 1 else f"{number:,} {word}s are"

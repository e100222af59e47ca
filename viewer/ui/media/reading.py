"""What a job reads when something is opened; no Qt, no session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from viewer.errors import CannotRead, Issue
from viewer.formats import read_in_child
from viewer.formats.companions import belonging
from viewer.formats.finding import (
    UNREAD,
    MetExports,
    exports_met,
    exports_named,
    is_text,
    lonely,
)
from viewer.formats.record_text import records_ahead
from viewer.media import open_media
from viewer.media.opening import first_file
from viewer.media.scan import EXPORT_ENDINGS
from viewer.media.volume import Companion, Media, MediaSet, Volume
from viewer.model.counted import counted
from viewer.model.edits import Edits
from viewer.model.project import Project
from viewer.model.table import AnnotationTable
from viewer.render.looks import ExportLook
from viewer.render.overlay import prepare_marks
from viewer.render.planes import Section, planes_of
from viewer.review.binding import NO_CHOICES, NOT_CHOSEN, Choices
from viewer.review.label_groups import Order, sorted_rows
from viewer.review.label_rows import rows_of
from viewer.review.matching import Matches, match
from viewer.review.review_file import is_review
from viewer.review.reviews import Review
from viewer.review.tracks import MOST_LANES, tracks_ahead
from viewer.session.given_classes import with_given
from viewer.session.jobs import JobControl
from viewer.session.kept_looks import kept_looks
from viewer.session.kept_measurements import Kept, kept_before
from viewer.session.kept_verdicts import with_kept_verdicts
from viewer.session.own_pictures import own_pictures
from viewer.session.playable import series_of
from viewer.session.reviewed import read_reviews
from viewer.session.session import Session
from viewer.session.sidecar import kept_choices

FEW_TO_CUT = 5_000  # shapes of a media whose bounds are known within a moment


@dataclass
class Phase:
    """What the job does now, for the status line."""

    words: str


@dataclass(frozen=True)
class Request:
    """What is to be opened, and what stays open.

    Args:
        images: folders, zips and files that may hold images.
        exports: label exports named by the person.
        kept_media: images that stay; used when `images` is empty.
        kept_companions: what lies beside those images.
        kept_project: labels that stay unless the images bring their own.
        chosen: what was decided of the entries of the exports that are open.
        reviews: review files named by the person.
        kept_reviews: those that are open.
    """

    images: tuple[str, ...]
    exports: tuple[str, ...]
    kept_media: tuple[Media, ...] = ()
    kept_project: Project = field(default_factory=Project)
    kept_companions: tuple[Companion, ...] = ()
    chosen: Mapping[str, Choices] = field(default_factory=lambda: NOT_CHOSEN)
    reviews: tuple[str, ...] = ()
    kept_reviews: tuple[Review, ...] = ()


@dataclass(frozen=True)
class Opened:
    """What the session is to show.

    Args:
        kept: ids of the exports that were open already and stay.
        looks: how exports were drawn when they were open last, by export id.
        measured: on media that were not open already, by their numbers.
    """

    project: Project
    media: tuple[Media, ...]
    issues: tuple[Issue, ...]
    matches: Matches
    sentence: str
    kept: frozenset[str]
    companions: tuple[Companion, ...] = ()
    looks: Mapping[str, ExportLook] = field(default_factory=dict[str, ExportLook])
    reviews: tuple[Review, ...] = ()
    measured: Mapping[int, Kept] = field(default_factory=dict[int, Kept])


def request_of(paths: Iterable[str], session: Session) -> Request:
    """Return the request for these paths beside what is open."""
    named = tuple(paths)
    reviews = tuple(path for path in named if is_review(path))
    all_paths = tuple(path for path in named if path not in reviews)
    exports = tuple(path for path in all_paths if is_export(path))
    images = tuple(path for path in all_paths if not is_export(path))
    chosen = session.matches.chosen
    open_ones = session.media, session.project, session.companions, chosen
    return Request(images, exports, *open_ones, reviews, session.reviews)


def read_request(request: Request, phase: Phase, control: JobControl) -> Opened:
    """Read headers and labels, and find the pixels of each label.

    Raises:
        Cancelled: the person stopped it.
        CannotRead: an export was asked for alone and cannot be read.
    """
    images, named = by_content(request)
    found = MediaSet()
    if images:
        found = open_media(*images, progress=control.progress, cancelled=control.cancelled)
    phase.words = "Reading labels"
    labels = _read_labels(request, found, named, control)
    phase.words = "Placing labels"
    control.check()
    found = own_pictures(found, labels.new(), images, control.cancelled)
    issues = [*found.issues, *labels.said()]
    project, kept = labels.project, frozenset(labels.kept)
    if not found.media and (labels.paths or not images):  # these are laid over what is open
        companions = (*request.kept_companions, *found.companions)
        found = replace(found, media=request.kept_media, companions=companions)
    elif labels.paths:
        project, kept = labels.new(), frozenset[str]()
    chosen = {id: request.chosen.get(id, NO_CHOICES) for id in kept}
    matches, said = _prepared(project, found.media, chosen)
    reviews, unread = read_reviews(project, request.kept_reviews, request.reviews)
    is_new = found.media is not request.kept_media
    measured, left = kept_before(found.media) if is_new else ({}, ())
    return Opened(
        matches.project,
        found.media,
        (*issues, *said, *unread, *left),
        matches,
        _sentence(project, found.media),
        kept,
        found.companions,
        {id: look for id, look in kept_looks(project).items() if id not in kept},
        reviews,
        measured,
    )


@dataclass(frozen=True, eq=False)
class _Labels:
    """The exports that a request brings, beside those that may stay.

    Args:
        kept: ids of the exports that were open already.
        paths: of the exports that were to be read.
        met: what else is JSON, or cannot be opened.
        unread: what is said of exports that cannot be read.
    """

    project: Project
    kept: Set[str]
    paths: tuple[str, ...]
    met: tuple[MetExports, ...]
    unread: tuple[Issue, ...]

    def new(self) -> Project:
        """Return the project without what was open already."""
        return without_exports(self.project, self.kept)

    def said(self) -> Iterator[Issue]:
        """Yield what is said of files that are no exports, or cannot be read."""
        for met in self.met:
            yield from met.said(belonging(self.project, met.strangers))
        yield from self.unread


def _read_labels(
    request: Request, found: MediaSet, named: Sequence[str], control: JobControl
) -> _Labels:
    """Read the exports that are named, and those that lie beside the images.

    Raises:
        Cancelled: the person stopped it.
        CannotRead: an export was asked for alone and cannot be read.
    """
    met = exports_met(path for path in found.exports if path not in named)
    asked = exports_named(named)
    joined = (*asked.joined, *met.joined)
    paths = tuple(dict.fromkeys((*asked.known, *met.known)))
    if asked.joined and not paths:
        raise lonely(asked.joined[0])
    project = without_sources(request.kept_project, paths)
    if paths and not _are_all_plain(found):
        project = Project()  # the pictures come instead of those that are open, with their labels
    kept, unread = project.exports.keys(), list[Issue]()
    for number, path in enumerate(paths):
        control.check()
        control.progress(number, len(paths))
        try:
            project = read_in_child(path, into=project, joined=joined, cancelled=control.cancelled)
        except CannotRead as error:
            if not request.images:
                raise
            unread.append(Issue("error", UNREAD, str(error), path))
    records_ahead(project, control.check)
    return _Labels(project, kept, paths, (asked, met), tuple(unread))


def _are_all_plain(found: MediaSet) -> bool:
    """Whether no picture is of DICOM, so that all may turn out to be masks."""
    plain = set(found.plain)
    return all(first_file(media) in plain for media in found.media)


def by_content(request: Request) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what may hold images, and what is read as an export: JSON text whatever its name."""
    texts = {path for path in request.images if is_text(path)}
    images = tuple(path for path in request.images if path not in texts)
    return images, (*request.exports, *(path for path in request.images if path in texts))


def placed(project: Project, media: Sequence[Media], chosen: Mapping[str, Choices]) -> Matches:
    """Return the matches, with what the list of labels will ask for first."""
    matches = match(project, media, chosen)
    with matches.tellings.in_effect():
        sorted_rows(rows_of(project, matches), Order())  # kept for the list
    return matches


def _prepared(
    project: Project, media: tuple[Media, ...], chosen: Mapping[str, Choices]
) -> tuple[Matches, tuple[Issue, ...]]:
    """Return the matches, with what the views will ask for first, and what is said of choices.

    Args:
        chosen: what was decided since the exports were opened; what is kept of others is read,
            and their labels get the classes that they were given.
    """
    kept_before, said = kept_choices(project)
    project = with_given(project, kept_before, opened=chosen.keys())
    project, said_of_verdicts = with_kept_verdicts(project, but=chosen.keys())
    matches = placed(project, media, {**kept_before, **chosen})
    fullest = matches.fullest_media()
    if fullest is not None:
        matches.marks(fullest)  # kept for the timeline and the strips
        with matches.tellings.in_effect():
            rows = rows_of(project, matches)
            tracks = rows.tracks_on(fullest)[:MOST_LANES].tolist()
            tracks_ahead(matches, (rows.id_at(row) for row in tracks), fullest)
            prepare(project, matches, fullest, media[fullest])
    return matches, (*said, *said_of_verdicts)


def leaving(request: Request, session: Session) -> frozenset[str]:
    """Return the ids of the open exports that a request takes away, as far as names tell."""
    if request.images and request.exports:
        return frozenset(session.project.exports)
    kept = without_sources(request.kept_project, request.exports)
    return frozenset(session.project.exports.keys() - kept.exports.keys())


def read_demo(name: str, phase: Phase, control: JobControl) -> Opened:
    """Read a demo, which is made on first use."""
    from viewer.demo import demo_of

    images, exports = demo_of(name, progress=control.progress)
    phase.words = "Reading headers"
    return read_request(Request(_names(images), _names(exports)), phase, control)


def _names(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(map(str, paths))


def without_sources(project: Project, paths: Iterable[str]) -> Project:
    """Return the project without exports that were read from these files: they are read anew."""
    again = {str(Path(path).resolve()) for path in paths}
    gone = {
        export.id
        for export in project.exports.values()
        if any(str(Path(source.path).resolve()) in again for source in export.sources)
    }
    return without_exports(project, gone)


def without_exports(project: Project, gone: Set[str]) -> Project:
    """Return the project without the exports of these ids."""
    if not gone:
        return project
    table = project.annotations
    bases = {id: base for id, base in table.bases.items() if id not in gone}
    edits = Edits({id: edit for id, edit in table.edits.items() if id.export not in gone})
    exports = {id: export for id, export in project.exports.items() if id not in gone}
    return Project(exports, AnnotationTable(bases, edits), project.verdicts.of_exports(exports))


def is_export(path: str) -> bool:
    """Whether a path is a file named like a label export."""
    return path.lower().endswith(EXPORT_ENDINGS) and not Path(path).is_dir()


def prepare(project: Project, matches: Matches, index: int, media: Media) -> None:
    """Work out the labels that the first paint of a media shows, so that it need not wait.

    What is worked out is kept where the views look for it. Cuts of very many labels are left to
    the views, which show them when they are known.
    """
    k, rows = first_slice(matches, index, media), matches.rows.values()
    if not isinstance(media, Volume):
        sections = [Section.of_frame(index, media, k)]
    else:
        middle = (media.columns // 2, media.rows // 2, k)
        sections = [
            Section(index, view.index_of(middle), media.spacing_mm, view)
            for view in planes_of(media.stack).values()
        ]
    for section in sections:
        if section.is_acquired or sum(len(r.on_media(index)) for r in rows) <= FEW_TO_CUT:
            prepare_marks(project, matches, section)


def first_slice(matches: Matches, index: int, media: Media) -> int:
    """Return the slice shown first: the labelled one nearest to the middle, else the middle.

    Of frames it is the first labelled one, else the first.
    """
    middle = media.count // 2 if isinstance(media, Volume) else 0
    return min(matches.marks(index), key=lambda k: abs(k - middle), default=middle)


def _sentence(project: Project, media: tuple[Media, ...]) -> str:
    count = len(series_of(media))
    images = f"{count:,} series" if media else "No images"
    labels = len(project.annotations)
    words = counted(labels, "label")
    return f"{images}, {words} open." if project.exports else f"{images} open."

"""`overread info`: what lies under some paths, for people or as JSON."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from textwrap import wrap

import msgspec

from viewer.cli.opening import opened
from viewer.cli.report import ExportFacts, MediaFacts, Problem, Report, report_of
from viewer.cli.reviews import lines_of as review_lines
from viewer.cli.reviews import reviews_of
from viewer.cli.words import plain
from viewer.formats.table import format_named
from viewer.review.review_file import is_review

_ELSEWHERE = ("Slices", "Frames", "Size", "Pixel spacing", "Volume", "Rate")
NO_PATH = "name an image, folder or export first: overread info PATH ... --reviews FILE ..."
MARKS = {"error": "!!", "warning": " !", "note": "  "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `overread info`."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="folder, image file, zip, JSON")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print everything, label by label, as JSON; the keys are listed in the README",
    )
    parser.set_defaults(refuse=parser.error)
    parser.add_argument(
        "--reviews",
        nargs="*",
        metavar="FILE.review.json",
        help="print what reviewers said: verdicts kept on this computer, and those of review files;"
        " comes behind the paths",
    )


def run(options: argparse.Namespace) -> int:
    """Print the report; 1 when a label is unmatched or damaged, or a review cannot be read.

    Review files among the paths are taken for what they are.
    """
    named = [path for path in options.paths if is_review(path)]
    paths = [path for path in options.paths if path not in named]
    if not paths:
        options.refuse(NO_PATH)
    found = opened(paths)
    report = report_of(found, with_labels=options.json)
    asked = None if options.reviews is None and not named else [*named, *(options.reviews or ())]
    reviews = None if asked is None else reviews_of(found.project, asked)
    if options.json:
        tree = msgspec.to_builtins(report)
        if reviews is not None:
            tree["reviews"] = msgspec.to_builtins(reviews)
        print(json.dumps(tree, indent=2, ensure_ascii=True))
    else:
        lines = [*lines_of(report), *(() if reviews is None else ("", *review_lines(reviews)))]
        print("\n".join(plain(line) for line in lines))
    sources = () if reviews is None else [one.source for one in reviews.reviewers]
    is_read = all(path in sources for path in asked or ())
    return 0 if report.is_whole and is_read else 1


def lines_of(report: Report) -> Iterator[str]:
    """Yield the report as lines for people."""
    yield f"Media ({len(report.media)})" if report.media else "Media: none"
    for number, media in enumerate(report.media, 1):
        yield from _media_lines(number, media)
    if report.companions:
        yield ""
        yield f"Other DICOM objects ({len(report.companions)})"
        kinds = Counter(companion.kind for companion in report.companions)
        yield from (f"  {count:>6}  {kind}" for kind, count in kinds.most_common())
    if report.exports:
        yield ""
        yield f"Exports ({len(report.exports)})"
        titles = [export.title for export in report.exports]
        for export in report.exports:
            yield from _export_lines(export, is_repeated=titles.count(export.title) > 1)
        yield ""
        yield from _match_lines(report)
    told = {problem for media in report.media for problem in media.problems}
    problems = tuple(problem for problem in report.problems if problem not in told)
    if problems:
        yield ""
        yield "Problems"
        yield from _problem_lines(problems, "  ")
    if report.skipped:
        yield ""
        yield f"Files that are no pictures: {report.skipped}"


def _media_lines(number: int, media: MediaFacts) -> Iterator[str]:
    slices = _count(media.slices, "slice" if media.kind == "volume" else "frame")
    size = f"{media.columns} × {media.rows} px, {slices}"
    if media.duration_s is not None:
        size += f" in {media.duration_s:.2f} s"
    yield f"  {number}. {media.title or 'without a description'}"
    yield f"     {_what(media)}, {size}, {_spacing(media)}"
    names = [name for name, plane in media.planes.items() if plane.acquired]
    acquired = f"acquired {names[0]}, " if names else ""
    yield f"     {acquired}{_count(media.labels, 'label')}"
    if media.point:
        point = media.point
        yield f"     {point.name} {point.value}: point {point.index + 1} of {point.count}"
    if media.rate_hz:
        yield f"     {media.rate_hz:.4g} frames per second"
    yield from (f"     {line}" for line in _health_lines(media))
    yield f"     id {media.id}"
    said = " ".join(problem.sentence for problem in media.problems)
    for oddity in media.oddities:
        if oddity not in said:
            yield f"   {MARKS['warning']} {oddity}"
    yield from _problem_lines(media.problems, "   ")


def _health_lines(media: MediaFacts) -> Iterator[str]:
    """Facts that the other lines do not have, several on a line."""
    facts = [
        f"{name.lower()} {value}" for name, value in media.health.items() if name not in _ELSEWHERE
    ]
    yield from wrap("; ".join(facts), 88)


def _what(media: MediaFacts) -> str:
    """The modality of DICOM, such as "CT"; else "volume", "images", "image" or "video"."""
    if media.modality:
        return media.modality
    if media.kind != "frames":
        return media.kind
    return "image" if media.slices == 1 else "images"


def _spacing(media: MediaFacts) -> str:
    if media.spacing_mm is None:
        return "not calibrated"
    dx, dy = media.spacing_mm
    step = f" × {media.step_mm:.4g}" if media.step_mm is not None else ""
    return f"{dx:.4g} × {dy:.4g}{step} mm"


def _export_lines(export: ExportFacts, *, is_repeated: bool) -> Iterator[str]:
    yield f"  {export.path if is_repeated else export.title}"
    title = format_named(export.format).title
    yield f"     {title}, {export.bytes:,} bytes, sha256 {export.sha256[:16]}"
    labels, classes = _count(export.labels, "label"), _count(export.classes, "class", "classes")
    yield f"     {labels} of {classes}, {_count(export.exams, 'exam')}"
    if export.groups:
        yield f"     groups: {', '.join(export.groups)}"
    for name, value in export.facts.items():
        yield f"     {name}: {value}"
    yield from _problem_lines(export.problems, "   ")


def _match_lines(report: Report) -> Iterator[str]:
    missed = sum(report.matches.unmatched.values())
    total = report.matches.matched + missed
    yield f"Labels: {report.matches.matched} of {total} found their pixels"
    for reason, count in sorted(report.matches.unmatched.items(), key=lambda item: -item[1]):
        yield f"  {count:>6}  {reason}"


def _problem_lines(problems: tuple[Problem, ...], indent: str) -> Iterator[str]:
    for problem in problems:
        yield f"{indent}{MARKS.get(problem.severity, '  ')} {problem.sentence}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"

"""What is said of a series as a whole: its words in lists, what is odd, facts, what lies beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from viewer.errors import Issue, Severity
from viewer.media.instance import FileRef
from viewer.media.volume import Companion, Health, Media, Video, Volume
from viewer.session.playable import playable_of, series_title

ORDER: tuple[Severity, ...] = ("error", "warning", "note")
Facts = tuple[tuple[str, str], ...]


def count_words(media: Media, points: Sequence[Media] = ()) -> str:
    """Return "CT · 28 images", "XA · 96 frames" or "MR · 20 images · 3 echo times".

    Args:
        media: of which there is a row.
        points: all volumes of its series, itself among them.
    """
    unit = "image" if media.kind == "volume" or media.count == 1 else "frame"
    many = "" if media.count == 1 else "s"
    kind = media.facts.modality or ("Image" if media.kind == "frames" else media.kind.title())
    words = f"{kind} · {media.count:,} {unit}{many}"
    if isinstance(media, Volume) and media.point is not None and len(points) > 1:
        name = media.point.name
        several = "volumes" if " and " in name else f"{name}s"
        words += f" · {len(points)} {several}"
    return words


def told_apart(media: Sequence[Media]) -> tuple[str, ...]:
    """Return for each media what tells it from others of its title: its file, or its folder.

    "" where the title is the only one of its kind.
    """
    titles = Counter(series_title(one) for one in media)
    files = [_file_of(one) if titles[series_title(one)] > 1 else None for one in media]
    names = Counter(file.name for file in files if file is not None)
    return tuple(
        "" if file is None else file.name if names[file.name] == 1 else Path(file.path).parent.name
        for file in files
    )


def cautions(media: Media) -> tuple[str, ...]:
    """Return what a person must know before measuring or labelling: gaps, tilt, uneven spacing."""
    return tuple(media.stack.oddities()) if isinstance(media, Volume) else ()


def oddities(media: Media) -> tuple[str, ...]:
    """Return what is odd about a media, in sentences with numbers."""
    found = list(cautions(media))
    if isinstance(media, Video) or not media.facts.series_uid:
        return tuple(found)  # videos and photographs are lossy and without scale as a rule
    if media.lossy:
        found.append("lossy compressed")
    if not media.is_calibrated:
        found.append("not calibrated: lengths in px")
    return tuple(found)


def findings_of(media: Media) -> tuple[Issue, ...]:
    """Return what checks found in a series, worst first, each sentence once."""
    found = [*_health(media).findings, *media.issues]
    said = " ".join(issue.sentence for issue in found)
    placed = media.stack.oddities() if isinstance(media, Volume) else ()
    for words in oddities(media):
        if words not in said:
            severity = "warning" if words in placed else "note"
            found.append(Issue(severity, "odd", _sentence(words)))
    kept = {issue.sentence: issue for issue in reversed(found)}
    first = sorted(kept.values(), key=lambda issue: found.index(issue))
    return tuple(sorted(first, key=lambda issue: ORDER.index(issue.severity)))


def facts_of(media: Media) -> Facts:
    """Return what a series is like; the reader's own words, else what is known of any media."""
    return _health(media).facts or _plain_facts(media)


def companions_of(media: Media, companions: Sequence[Companion]) -> tuple[str, ...]:
    """Return the objects that refer to a series, such as "Segmentation: Liver, not drawn"."""
    uid = media.facts.series_uid
    return tuple(
        companion_words(companion) for companion in companions if uid and uid in companion.refers_to
    )


def companion_words(companion: Companion) -> str:
    """Return what an object beside the pictures is, and that it is not drawn."""
    kind = companion.kind[:1].upper() + companion.kind[1:]
    name = companion.description or companion.file.name
    return f"{kind}: {name}, not drawn"


def _file_of(media: Media) -> FileRef | None:
    """The media's first file; None for plain pictures, whose title is their file."""
    if isinstance(media, Video):
        return media.file
    return media.instances[0].file if media.instances else None


def _health(media: Media) -> Health:
    return Health() if isinstance(media, Video) else media.health


def _plain_facts(media: Media) -> Facts:
    counted = "Slices" if isinstance(media, Volume) else "Frames"
    facts = [(counted, f"{media.count:,}"), ("Size", f"{media.columns} × {media.rows} px")]
    played = None if isinstance(media, Volume) else playable_of((media,), 0, (0,))
    if played is not None:
        facts.append(("Rate", played.rate))
        if played.is_timed:
            facts.append(("Duration", f"{played.duration_s:.3f} s"))
    dx, dy = media.spacing_mm
    spacing = f"{dx:.4g} × {dy:.4g} mm" if media.is_calibrated else "not known"
    facts.append(("Pixel spacing", spacing))
    if not isinstance(media, Video):
        kind = "RGB" if media.is_colour else media.pixels.dtype.name
        facts.append(("Values", f"{kind}{f', {media.unit}' if media.unit else ''}"))
    facts.append(("Lossy", "yes" if media.lossy else "no"))
    return tuple(facts)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."

"""Bindings of all exports: what one does not find is shown where others of its vendor have it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from viewer.media.volume import Media
from viewer.model.project import Export, Project
from viewer.review.binding import NO_CHOICES, NOT_CHOSEN, Binding, Bindings, Choices, bind
from viewer.review.evidence import Found, Strength, short
from viewer.review.local_files import LocalFiles

_RANKS: tuple[Strength, ...] = ("certain", "likely", "weak")


def bind_all(
    project: Project, media: Sequence[Media], chosen: Mapping[str, Choices] = NOT_CHOSEN
) -> Mapping[str, Bindings]:
    """Return the bindings of every export that lists its media as entries, by export id.

    What an export does not find itself is shown where others of its vendor have it. They tell what
    they found, not what they were told, so that the order of exports says nothing.
    """
    exports = [export for export in project.exports.values() if export.entries]
    files = LocalFiles(media) if exports else LocalFiles(())
    own = {one.id: bind(one, media, chosen.get(one.id, NO_CHOICES), files) for one in exports}
    bound = dict(own)
    for one in exports:
        told = _told_by_others(one, exports, own)
        if told:
            choices = chosen.get(one.id, NO_CHOICES)
            bound[one.id] = bind(one, media, choices, files, told)
    return MappingProxyType(bound)


def _told_by_others(
    export: Export, exports: Sequence[Export], bound: Mapping[str, Bindings]
) -> dict[str, Found]:
    """Return where other exports of the same vendor show what an export finds by little or not."""
    asked = [
        (entry, one)
        for entry, one in zip(bound[export.id].entries, bound[export.id].bindings, strict=True)
        if one.strength in ("weak", "none")
    ]
    others = [one for one in exports if one.id != export.id and one.format == export.format]
    if not asked or not others:
        return {}
    wanted = {key for entry, _ in asked for key in entry.keys}
    places: dict[str, list[Found]] = {}
    for other in others:
        for entry, one in zip(bound[other.id].entries, bound[other.id].bindings, strict=True):
            for key in wanted.intersection(entry.keys) if one.index >= 0 else ():
                places.setdefault(key, []).append(_told(one, other))
    found: dict[str, Found] = {}
    for entry, own in asked:
        told = [one for key in entry.keys for one in places.get(key, ())]
        if told and not (own.strength == "weak" and all(one.strength == "weak" for one in told)):
            found[entry.id] = _agreed(told)
    return found


def _told(binding: Binding, export: Export) -> Found:
    """Return a binding as what its export tells others."""
    name = short(re.split(r"[/\\]", export.title)[-1])
    strength = "likely" if binding.strength == "chosen" else binding.strength
    words = f"{binding.evidence}, told by {name}"
    return Found(binding.index, binding.file, strength, words)


def _agreed(told: Sequence[Found]) -> Found:
    """Return what is told with the most strength; an open question where that differs."""
    ranks = [_RANKS.index(one.strength) for one in told]
    best = [one for one, rank in zip(told, ranks, strict=True) if rank == min(ranks)]
    if len({(one.media, one.file) for one in best}) == 1:
        return best[0]
    words = "Other exports show it on different images; choose the one that is meant"
    return Found(evidence=words, is_ambiguous=True)

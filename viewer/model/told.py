"""What decoders of an export are told of the pictures that its entries are shown on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from itertools import count
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from viewer.errors import Issue
from viewer.geometry.stack import Stack
from viewer.model.measuring import Measurer

Names = tuple[str, ...]  # of files that belong together
Size = tuple[int, int]  # width and height in pixels
Affine = tuple[float, ...]  # 12 numbers, row by row of 3 x 4
_P = ParamSpec("_P")
_T = TypeVar("_T")
_VERSIONS = count(1)


@dataclass(frozen=True)
class Grid:
    """The voxels that an entry is shown on.

    Args:
        shape: (slices, rows, columns).
        is_turned: the first slice shown is the last one that files of voxels count.
        stack: where they lie in the patient, None where nothing says it.
        first: slice of the media that is the entry's first, where it is a part of a sequence.
    """

    shape: tuple[int, int, int]
    is_turned: bool = False
    stack: Stack | None = None
    first: int = 0

    def turned(self, k: int) -> int:
        """Return the slice of the media for one of a file of voxels, or the other way round.

        Both count from the entry's first slice.
        """
        return self.shape[0] - 1 - k if self.is_turned else k


@dataclass(frozen=True)
class ToldOfEntry:
    """What an export does not state of an entry, learnt from what it is shown on.

    Args:
        size: of its pictures; None where the export states it, and before any is shown.
        planes: of each of PLANES, as the entry counts; none before any is shown.
        grid: the voxels that it is shown on, None for none.
        affine: from voxel to patient mm, LPS; None where the export states it, and for none.
        readings: what a person chose in place of what is taken.
    """

    size: Size | None = None
    planes: tuple[Size | None, ...] = ()
    grid: Grid | None = None
    affine: Affine | None = None
    readings: frozenset[str] = frozenset()

    def plane(self, code: int) -> Size | None:
        """Return the size of the pictures of a plane, by its code into PLANES."""
        return self.planes[code] if self.planes else None


_NOTHING = ToldOfEntry()
_NO_ENTRIES: Mapping[str, ToldOfEntry] = MappingProxyType({})


@dataclass(eq=False)
class Findings:
    """What was found in files that were read for an entry on one grid, by the files' names.

    Args:
        notes: what is to be said of them.
        problems: why they could not be shown.
    """

    notes: dict[Names, tuple[Issue, ...]] = field(default_factory=dict[Names, tuple[Issue, ...]])
    problems: dict[Names, str] = field(default_factory=dict[Names, str])


@dataclass(frozen=True, eq=False)
class Telling:
    """All that an export's decoder is told at one time.

    Args:
        entries: by the id of the entry.
        measure: measures labels on what the entries are shown on; None before any is.
        findings: by the id of the entry; grows as files are read.
        version: of `entries`: two tellings of one version say the same of them.
    """

    entries: Mapping[str, ToldOfEntry] = field(default_factory=lambda: _NO_ENTRIES)
    measure: Measurer | None = None
    findings: dict[str, Findings] = field(default_factory=dict[str, Findings])
    version: int = field(default_factory=lambda: next(_VERSIONS))

    def of(self, entry: str | None) -> ToldOfEntry:
        """Return what is told of an entry; of one that nothing is told of, nothing."""
        return _NOTHING if entry is None else self.entries.get(entry, _NOTHING)

    def found(self, entry: str) -> Findings:
        """Return what was found in files that were read for an entry; it can be added to."""
        return self.findings.setdefault(entry, Findings())


@dataclass(eq=False)
class Told:
    """What the decoder of one export goes by: what is shown, or in a job what is about to be.

    Where a format counts in parts of a picture's width and height, its shapes are known once their
    entry's size has been told. Nothing of an export changes by that, only what can be made of it.
    """

    _shown: Telling = field(default_factory=Telling)
    _renewal: int = 0

    @property
    def telling(self) -> Telling:
        """What is gone by in this thread."""
        return _IN_EFFECT.get().get(self, self._shown)

    @property
    def version(self) -> tuple[int, int]:
        """Another one whenever records may decode to something else."""
        return self.telling.version, self._renewal

    @property
    def measure(self) -> Measurer | None:
        """Measures labels on what the entries are shown on; None before any is."""
        return self.telling.measure

    def next(self, entries: Mapping[str, ToldOfEntry], measure: Measurer | None) -> Telling:
        """Return what is to be told; what was found in files holds while their grid does."""
        before = self.telling
        if before.entries == entries:
            return Telling(entries, measure, before.findings, before.version)
        known = {
            id: found
            for id, found in list(before.findings.items())  # jobs add to it
            if before.of(id).grid == entries.get(id, _NOTHING).grid
        }
        return Telling(entries, measure, known)

    def with_size(self, entry: str, size: Size) -> Tellings:
        """Return what is gone by, but that the pictures of an entry are of another size."""
        now = self.telling
        entries = {**now.entries, entry: replace(now.of(entry), size=size)}
        return Tellings({self: Telling(entries, now.measure, now.findings)})

    def show(self, telling: Telling) -> None:
        """Have it gone by wherever nothing else is in effect."""
        self._shown = telling

    def of(self, entry: str | None) -> ToldOfEntry:
        """Return what is told of an entry; of one that nothing is told of, nothing."""
        return self.telling.of(entry)

    def found(self, entry: str) -> Findings:
        """Return what was found in files that were read for an entry; it can be added to."""
        return self.telling.found(entry)

    def renew(self) -> None:
        """Have records decoded again, such as after a file that they need could not be read."""
        self._renewal = next(_VERSIONS)


_IN_EFFECT: ContextVar[Mapping[Told, Telling]] = ContextVar(
    "in_effect", default=MappingProxyType[Told, Telling]({})
)


@dataclass(frozen=True, eq=False)
class Tellings:
    """What the decoders of all exports are told of the media that they were matched over.

    Annotations decode parts of themselves when these are asked for, edited ones too. So a job that
    works something out for media that nobody sees yet, or goes on with those that were shown when
    it began, has it `in_effect`; everybody else goes by what was told to be `shown` last.
    """

    by_told: Mapping[Told, Telling] = field(default_factory=dict["Told", Telling])

    @contextmanager
    def in_effect(self) -> Generator[None]:
        """Have it gone by in this thread."""
        token = _IN_EFFECT.set({**_IN_EFFECT.get(), **self.by_told})
        try:
            yield
        finally:
            _IN_EFFECT.reset(token)

    def bound(self, work: Callable[_P, _T]) -> Callable[_P, _T]:
        """Return work that goes by it, whatever is shown meanwhile."""

        def going_by_it(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            with self.in_effect():
                return work(*args, **kwargs)

        return going_by_it

    def show(self) -> None:
        """Have it gone by in every thread that has nothing else in effect."""
        for told, telling in self.by_told.items():
            told.show(telling)

"""What a person decided of an export's entries, kept from one opening to the next."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import platformdirs

from viewer.errors import Issue
from viewer.model.project import Export, Project
from viewer.model.source import digest_of
from viewer.review.binding import NO_CHOICES, Choices

SIZE_LIMIT = 32 << 20
DAMAGED = "bindings-damaged"
_VERSION = 1


class _Kept(msgspec.Struct, frozen=True):
    """The file: choices by ids of entries; media by series UID or file name."""

    version: int
    choices: Choices


def bindings_folder() -> Path:
    """Return where the sidecars are kept, in the user's state folder."""
    return platformdirs.user_state_path("overread", appauthor=False) / "bindings"


def sidecar_of(folder: Path, export: Export, shas: Sequence[str] | None = None) -> Path:
    """Return the sidecar of an export; see `viewer.model.source.digest_of`."""
    return folder / f"{digest_of(export.sources, shas)}.json"


def read_choices(path: Path, title: str) -> tuple[Choices, Issue | None]:
    """Return what is kept, nothing without a file.

    A file that cannot be understood is put aside, and said.

    Args:
        title: of the export, for the sentence.
    """
    try:
        if path.stat().st_size > SIZE_LIMIT:
            return NO_CHOICES, _set_aside(path, title, "it is too large")
        kept = msgspec.convert(json.loads(path.read_bytes()), _Kept)
    except FileNotFoundError:
        return NO_CHOICES, None
    except OSError as error:
        words = error.strerror or "it cannot be read"
        return NO_CHOICES, Issue("warning", DAMAGED, _sentence(title, words, ""), str(path))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return NO_CHOICES, _set_aside(path, title, str(error).rstrip("."))
    if kept.version != _VERSION:
        return NO_CHOICES, _set_aside(path, title, f"it is of version {kept.version}")
    return kept.choices, None


def kept_choices(project: Project) -> tuple[dict[str, Choices], tuple[Issue, ...]]:
    """Return what is kept of all exports that list entries, by export id; and what is said."""
    found: dict[str, Choices] = {}
    issues: list[Issue] = []
    for export in project.exports.values():
        if export.entries:
            path = sidecar_of(bindings_folder(), export)
            found[export.id], issue = read_choices(path, export.title)
            issues.extend([issue] if issue else [])
    return found, tuple(issues)


def write_choices(path: Path, choices: Choices) -> None:
    """Keep what was decided, in one step; nothing decided leaves no file.

    Raises:
        OSError: it cannot be written.
    """
    if choices == NO_CHOICES:
        path.unlink(missing_ok=True)
        return
    # Ids may hold lone surrogates, which only the standard library escapes and reads again.
    data = json.dumps(msgspec.to_builtins(_Kept(_VERSION, choices)), indent=1).encode("ascii")
    keep(path, data)


def keep(path: Path, data: bytes) -> None:
    """Write a file in one step that only the user can read, in a folder that is made if needed.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _set_aside(path: Path, title: str, why: str) -> Issue:
    aside = path.with_suffix(".damaged")
    try:
        path.replace(aside)
    except OSError:
        aside = path
    return Issue("warning", DAMAGED, _sentence(title, why, f" It is kept as {aside.name}."), title)


def _sentence(title: str, why: str, where: str) -> str:
    return (
        f"What was decided of the images of {title} is left aside, because its file cannot be"
        f" used ({why}); decide again under Labels and images.{where}"
    )

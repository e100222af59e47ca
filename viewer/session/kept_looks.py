"""How a person has an export's labels drawn, kept from one opening to the next."""

from __future__ import annotations

from pathlib import Path

import msgspec
import platformdirs

from viewer.model.project import Project
from viewer.render.looks import PLAIN_LOOK, ExportLook
from viewer.session.sidecar import keep, sidecar_of

SIZE_LIMIT = 1 << 20


def looks_folder() -> Path:
    """Return where looks are kept, in the user's state folder."""
    return platformdirs.user_state_path("overread", appauthor=False) / "looks"


def read_look(path: Path) -> ExportLook:
    """Return what is kept; the plain look without a file, or where it cannot be understood.

    A look changes no label, so what is damaged is left without a word and written anew.
    """
    try:
        if path.stat().st_size > SIZE_LIMIT:
            return PLAIN_LOOK
        return msgspec.json.decode(path.read_bytes(), type=ExportLook)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return PLAIN_LOOK


def kept_looks(project: Project) -> dict[str, ExportLook]:
    """Return what is kept of the exports of a project, by export id."""
    found: dict[str, ExportLook] = {}
    for export in project.exports.values():
        look = read_look(sidecar_of(looks_folder(), export))
        if look != PLAIN_LOOK:
            found[export.id] = look
    return found


def write_look(path: Path, look: ExportLook) -> None:
    """Keep a look, in one step; the plain one leaves no file.

    Raises:
        OSError: it cannot be written.
    """
    if look == PLAIN_LOOK:
        path.unlink(missing_ok=True)
        return
    names = tuple(name.encode("utf-8", "replace").decode() for name in look.hidden_authors)
    keep(path, msgspec.json.encode(msgspec.structs.replace(look, hidden_authors=names)))

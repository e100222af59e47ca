"""What the exports that are open are called, each by other words."""

from __future__ import annotations

import re
from collections import Counter

from viewer.model.project import Export, Project


def export_words(project: Project) -> dict[str, str]:
    """Return what each export is called by id: its file, with its folder where files share a name.

    With its number where the folders share one too.
    """
    exports = project.exports
    words = {id: export.title for id, export in exports.items()}
    for longer in (_with_folder, "{0.title} ({0.id})".format):
        met = Counter(words.values())
        words = {id: word if met[word] == 1 else longer(exports[id]) for id, word in words.items()}
    return words


def _with_folder(export: Export) -> str:
    """Return "folder/file" of an export, or "archive.zip/file"."""
    path = next((source.path for source in export.sources if source.path), "")
    parts = re.split(r"[\\/!]", path)
    return f"{parts[-2]}/{export.title}" if len(parts) > 1 and parts[-2] else export.title

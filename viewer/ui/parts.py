"""The parts that a window is furnished with; importing them is what takes its time."""

from __future__ import annotations

from viewer.ui.classified_panel import ClassifiedPanel
from viewer.ui.delete_strip import DeleteStrip
from viewer.ui.frames_wanted import FramesWanted
from viewer.ui.hints import hint_of
from viewer.ui.inspector import Inspector
from viewer.ui.label_panel import LabelPanel
from viewer.ui.looks_keeper import LooksKeeper
from viewer.ui.match_page import MatchPage
from viewer.ui.media_panel import MediaPanel
from viewer.ui.name_strip import NameStrip
from viewer.ui.opening import Opening
from viewer.ui.playback_panel import PlaybackPanel
from viewer.ui.player import Player
from viewer.ui.preset_box import PresetBox
from viewer.ui.rebinding import Rebinding
from viewer.ui.right_dock import RightDock
from viewer.ui.saving import Saving
from viewer.ui.view_hands import Hands
from viewer.ui.view_plane import probe_text
from viewer.ui.views_page import ViewsPage
from viewer.ui.window_commands import commands_of
from viewer.ui.window_docks import Docks
from viewer.ui.window_drop import Drops
from viewer.ui.window_keys import HeldHide
from viewer.ui.window_keysheet import KeySheet
from viewer.ui.window_labelbox import LabelBox
from viewer.ui.window_steering import Steering

__all__ = [
    "ClassifiedPanel",
    "DeleteStrip",
    "Docks",
    "Drops",
    "FramesWanted",
    "Hands",
    "HeldHide",
    "Inspector",
    "KeySheet",
    "LabelBox",
    "LabelPanel",
    "LooksKeeper",
    "MatchPage",
    "MediaPanel",
    "NameStrip",
    "Opening",
    "PlaybackPanel",
    "Player",
    "PresetBox",
    "Rebinding",
    "RightDock",
    "Saving",
    "Steering",
    "ViewsPage",
    "commands_of",
    "hint_of",
    "probe_text",
]

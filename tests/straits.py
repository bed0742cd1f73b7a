"""The thirty stories of the newsroom's first desk file: a sample that many tests are about, for its size."""

from __future__ import annotations

from importlib.resources import files

from storyclust import load_newsroom
from storyclust.newsroom.markup import read_drafts

_FILE = "straits.txt"
_IDS = {draft.id for draft in read_drafts((files("storyclust.newsroom") / "desk" / _FILE).read_text("utf-8"), _FILE)}

STRAITS = [story for story in load_newsroom().stories if story.id in _IDS]
TRUTH = {id: truth for id, truth in load_newsroom().truth.items() if id in _IDS}

"""Finds which news stories are the same story, which one to keep, and why.

>>> import storyclust as sc
>>> result = sc.cluster_stories(sc.load_newsroom().stories)
>>> print(result)
StoryClusters: 243 stories, 138 clusters, 73 copies to drop
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storyclust.against import StoryMatches, match_stories
    from storyclust.carriers import Texts
    from storyclust.dedup import Deduplication, deduplicate, plan_deduplication
    from storyclust.errors import DataError, OutputError, StoryclustError, UsageError
    from storyclust.estimator import StoryClusterer
    from storyclust.fingerprint.signatures import lean_minhash, shingle_hash32, signature
    from storyclust.index.index import StoryIndex
    from storyclust.io import Columns, StoryReader, parse_date
    from storyclust.match.story_links import compare_stories
    from storyclust.model import Cluster, Link, Match, Passage, Placement, Reject, Story
    from storyclust.newsroom import load_newsroom
    from storyclust.pages.cutting import split_page
    from storyclust.pages.page import Page
    from storyclust.pipeline import cluster_stories, learn_profile
    from storyclust.profile import Profile
    from storyclust.result import StoryClusters
    from storyclust.rules import Rule, load_rules
    from storyclust.settings import Settings
    from storyclust.text.credits import Credits, read_credits
    from storyclust.tuning import Tuning, tune

# Where each public name lives; nothing heavy is loaded before a name is used.
_HOMES = {
    "Cluster": "model",
    "Columns": "io",
    "Credits": "text.credits",
    "DataError": "errors",
    "Deduplication": "dedup",
    "Link": "model",
    "Match": "model",
    "OutputError": "errors",
    "Page": "pages.page",
    "Passage": "model",
    "Placement": "model",
    "Profile": "profile",
    "Reject": "model",
    "Rule": "rules",
    "Settings": "settings",
    "Story": "model",
    "StoryClusterer": "estimator",
    "StoryClusters": "result",
    "StoryIndex": "index.index",
    "StoryMatches": "against",
    "StoryReader": "io",
    "StoryclustError": "errors",
    "Texts": "carriers",
    "Tuning": "tuning",
    "UsageError": "errors",
    "cluster_stories": "pipeline",
    "compare_stories": "match.story_links",
    "deduplicate": "dedup",
    "lean_minhash": "fingerprint.signatures",
    "learn_profile": "pipeline",
    "load_newsroom": "newsroom",
    "load_rules": "rules",
    "match_stories": "against",
    "parse_date": "io",
    "plan_deduplication": "dedup",
    "read_credits": "text.credits",
    "shingle_hash32": "fingerprint.signatures",
    "signature": "fingerprint.signatures",
    "split_page": "pages.cutting",
    "tune": "tuning",
}

__all__ = [
    "Cluster",
    "Columns",
    "Credits",
    "DataError",
    "Deduplication",
    "Link",
    "Match",
    "OutputError",
    "Page",
    "Passage",
    "Placement",
    "Profile",
    "Reject",
    "Rule",
    "Settings",
    "Story",
    "StoryClusterer",
    "StoryClusters",
    "StoryIndex",
    "StoryMatches",
    "StoryReader",
    "StoryclustError",
    "Texts",
    "Tuning",
    "UsageError",
    "cluster_stories",
    "compare_stories",
    "deduplicate",
    "lean_minhash",
    "learn_profile",
    "load_newsroom",
    "load_rules",
    "match_stories",
    "parse_date",
    "plan_deduplication",
    "read_credits",
    "shingle_hash32",
    "signature",
    "split_page",
    "tune",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load the module a public name lives in when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'storyclust' has no attribute {name!r}")
    value = getattr(import_module(f"storyclust.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted({*globals(), *_HOMES})

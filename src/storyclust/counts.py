"""How much a job met on its way to a result.

In: nothing. Out: frozen counts, which its summary tells.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What the stages met on the way.

    Attributes
    ----------
    candidate_pairs : int
        Pairs of distinct contents that share a band or a window fingerprint.
    aligned_pairs : int
        Those of them that share shingles enough for any relation, so that their passages were looked for.
    linked_contents : int
        Those of these that are linked.
    hot_keys : int
        Bands and fingerprints that more than 64 contents bear, each paired with a few of the others only.
    digests : int
        Stories found to share with several that are unlike each other, none of which was joined to them.
    overrides_unmatched : int
        Pairs of `Settings.must_link` and `Settings.cannot_link` that name a story that is not there.
    preferred_unmatched : int
        Outlets of `Settings.preferred_sources` that no story names.
    unread_dates : int
        Stories whose date could not be read, so that they count as undated.
    undated : int
        Stories without a date; `Settings.window_days` does not bound what they are compared with.
    """

    candidate_pairs: int
    aligned_pairs: int
    linked_contents: int
    hot_keys: int
    digests: int
    overrides_unmatched: int
    preferred_unmatched: int
    unread_dates: int
    undated: int

"""The clusters as an estimator of scikit-learn: fit it, and each text has the number of its cluster.

In: texts, or whatever else carries stories in memory. Out: ``labels_``, and the whole result beside them. All work is
that of `storyclust.cluster_stories`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin

from storyclust.arrays import Integers
from storyclust.carriers import Carrier, Texts, carrier_of
from storyclust.carriers.frames import SeriesCarrier
from storyclust.carriers.items import Items
from storyclust.errors import UsageError
from storyclust.io import Columns, StoryReader
from storyclust.model import Level
from storyclust.pipeline import cluster_stories
from storyclust.profile import Profile
from storyclust.result import StoryClusters
from storyclust.rules import Rule
from storyclust.settings import CanonicalRule, Settings


class StoryClusterer(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Clusters of stories that share narrated text, in the manner of scikit-learn.

    Parameters
    ----------
    level, shingle_words, min_words, passage_words, sentence_words, partial_words, version_share, copy_share, alike, \
window_days, canonical, preferred_sources, must_link, cannot_link, rules, seed
        The fields of `storyclust.Settings`, with the same defaults. They are checked by `fit`.
    columns : Columns, optional
        The names of the columns of a frame, or of the keys of dicts, if they are others.
    profile : Profile, optional
        What is known of the corpus; learned from the stories where none is given.
    threads : int, optional
        How many threads to use, all processors by default. The labels are the same for any number.

    Attributes
    ----------
    labels_ : int64 array, one a text
        The number of its cluster, from 0 in the order in which clusters first appear. A text alone has a number of its
        own: no label stands for noise.
    result_ : StoryClusters
        All there is to know: which text of a cluster to keep, links, passages. Texts without ids are named by their
        places, from "0".

    Notes
    -----
    It predicts nothing of texts it was not fitted to: for these there is `storyclust.StoryIndex`. So a scorer, for
    `sklearn.model_selection.GridSearchCV`, is a function that calls ``fit_predict`` on what it is given.

    Examples
    --------
    >>> lead = "The ferry Anselm ran aground off Marrek at dawn and all of her ninety passengers were taken off by "
    >>> texts = [lead + "lifeboats from two harbours.", "Chess tonight.", "FERRY AGROUND. " + lead + "two lifeboats."]
    >>> StoryClusterer(level="copy").fit_predict(texts)
    array([0, 1, 0])
    """

    def __init__(
        self,
        *,
        level: Level = "partial",
        shingle_words: int = 5,
        min_words: int = 20,
        passage_words: int = 7,
        sentence_words: int = 24,
        partial_words: int = 36,
        version_share: float = 0.2,
        copy_share: float = 0.55,
        alike: float = 0.29,
        window_days: int | None = None,
        canonical: CanonicalRule = "centroid",
        preferred_sources: Sequence[str] = (),
        must_link: Sequence[tuple[str, str]] = (),
        cannot_link: Sequence[tuple[str, str]] = (),
        rules: Sequence[Rule] = (),
        seed: int = 1,
        columns: Columns | None = None,
        profile: Profile | None = None,
        threads: int | None = None,
    ) -> None:
        """Take the parameters as they are."""
        self.level = level
        self.shingle_words = shingle_words
        self.min_words = min_words
        self.passage_words = passage_words
        self.sentence_words = sentence_words
        self.partial_words = partial_words
        self.version_share = version_share
        self.copy_share = copy_share
        self.alike = alike
        self.window_days = window_days
        self.canonical = canonical
        self.preferred_sources = preferred_sources
        self.must_link = must_link
        self.cannot_link = cannot_link
        self.rules = rules
        self.seed = seed
        self.columns = columns
        self.profile = profile
        self.threads = threads

    def fit(self, X: Any, y: object = None) -> Self:  # noqa: ARG002, N803 - the names are scikit-learn's
        """Find the clusters of texts.

        Parameters
        ----------
        X : several texts, or what else `storyclust.cluster_stories` takes in memory
            A list, array or column of str; or a data frame or list of dicts with the column text, and id, title,
            source and published where there are such.
        y : ignored

        Returns
        -------
        StoryClusterer
            Itself.

        Raises
        ------
        SettingsError
            If a parameter is out of its range; it is a ValueError, as is the next.
        UsageError
            If X is a path, one text, or carries no texts.
        DataError
            If a record cannot be used, as `storyclust.cluster_stories`.
        """
        settings = Settings(**{field.name: _plain(getattr(self, field.name)) for field in fields(Settings)})
        result = cluster_stories(
            _carrier(X),
            columns=self.columns,
            settings=settings,
            profile=self.profile,
            threads=_plain(self.threads),
        )
        self.result_ = result
        self.labels_ = _labels(result)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True  # a text that is missing is empty
        return tags


def _plain(value: Any) -> Any:
    """A parameter as Python has it: grids are often made with NumPy."""
    return value.item() if isinstance(value, np.generic) else value


def _carrier(texts: Any) -> Carrier:
    """What carries the texts: nothing here is a path, and a text without an id is named by its place."""
    if isinstance(texts, str | os.PathLike | StoryReader):
        raise UsageError(
            f"X is {type(texts).__name__} {texts!r:.60}; expected several texts, as in a list. "
            "Files are clustered by storyclust.cluster_stories"
        )
    carrier = carrier_of(texts)
    if isinstance(carrier, SeriesCarrier):
        return Texts(carrier.values())  # an index may name texts twice, where they were drawn at random
    if isinstance(carrier, Items):
        items = list(texts)
        return Texts(items) if any(isinstance(item, str) for item in items) else Items(items)
    return carrier


def _labels(result: StoryClusters) -> Integers:
    """The number of the cluster of each record given, by first appearance.

    A record that came again, with its id and its text, is no story of the result but has the label of the first.
    """
    ids = dict(zip(result.positions, (story.id for story in result.stories), strict=True))
    ids |= {reject.line - 1: str(reject.id) for reject in result.rejects}
    cluster_of = {id: number for number, cluster in enumerate(result.clusters) for id in cluster.members}
    numbers: dict[int, int] = {}
    found = [numbers.setdefault(cluster_of[ids[place]], len(numbers)) for place in range(len(ids))]
    return np.array(found, np.int64)

"""The estimator is cluster_stories in the manner of scikit-learn: its checks, and that the labels are the clusters."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone, is_clusterer
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV, KFold, ParameterGrid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted, validate_data

import storyclust as sc
from carried import CHOIR, KINDS, LOCK, ROWS, Kind, text_columns
from storyclust import Columns, Settings, StoryClusterer
from straits import STRAITS

TEXTS = [story.text for story in STRAITS]
LABELS = [3, 5, 5]


# The checks of scikit-learn

# Those that need no data run on the estimator itself.
WITHOUT_DATA = (
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_mixin_order",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
)

# The others give it tables of numbers, which this stands for: each number becomes a word. These say nothing of texts.
NUMBERS = "scikit-learn's own validation of numbers would be checked, which texts do not go through"
NOT_FOR_TEXTS = {
    "check_clustering": "rows that lie near each other are no texts that share words",
    "check_readonly_memmap_input": "a text is no array",
    "check_f_contiguous_array_estimator": "a text is no array",
    "check_array_api_input": "a text is no array",
    "check_n_features_in": "a text has no features",
    "check_n_features_in_after_fitting": "a text has no features",
    "check_estimators_partial_fit_n_features": "a text has no features",
    "check_fit1d": "texts are given in one dimension",
    "check_fit2d_1feature": "texts are given in one dimension",
    "check_fit2d_predict1d": "texts are given in one dimension, and nothing is predicted",
    "check_estimators_dtypes": NUMBERS,
    "check_complex_data": NUMBERS,
    "check_dtype_object": NUMBERS,
    "check_estimators_empty_data_messages": NUMBERS,
    "check_estimators_nan_inf": NUMBERS,
    "check_estimator_sparse_tag": NUMBERS,
    "check_estimator_sparse_array": NUMBERS,
    "check_estimator_sparse_matrix": NUMBERS,
    "check_positive_only_tag_during_fit": NUMBERS,
}


class NumbersAsWords(StoryClusterer):  # type: ignore[misc]
    """Fits rows of numbers, each as a text of as many words."""

    def fit(self, X: Any, y: object = None) -> NumbersAsWords:  # noqa: N803
        rows = validate_data(self, X, dtype=float)
        return super().fit([" ".join(f"w{number:.3g}" for number in row) for row in rows])  # type: ignore[no-any-return]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = tags.input_tags.string = tags.input_tags.allow_nan = False
        return tags


def checks_with_data() -> list[Any]:
    generated = estimator_checks.estimator_checks_generator(NumbersAsWords(min_words=1))
    named = [(estimator_checks._check_name(check), estimator, check) for estimator, check in generated]
    return [
        pytest.param(estimator, check, id=f"{name}-{number}")
        for number, (name, estimator, check) in enumerate(named)
        if name not in NOT_FOR_TEXTS
    ]


@pytest.mark.parametrize(("estimator", "check"), checks_with_data())
def test_the_checks_of_scikit_learn_that_apply_to_texts(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("name", WITHOUT_DATA)
def test_the_checks_of_scikit_learn_that_need_no_data(name: str) -> None:
    getattr(estimator_checks, name)("StoryClusterer", StoryClusterer())


def test_the_tags_say_that_it_takes_texts() -> None:
    tags = StoryClusterer().__sklearn_tags__().input_tags
    assert (tags.string, tags.one_d_array, tags.two_d_array) == (True, True, False)
    assert is_clusterer(StoryClusterer())


# Labels


@pytest.mark.parametrize("level", ["copy", "version", "partial"])
def test_labels_are_the_clusters_of_cluster_stories(level: Any) -> None:
    clusterer = StoryClusterer(level=level).fit(STRAITS)
    result = sc.cluster_stories(STRAITS, settings=Settings(level=level))
    by_label: dict[int, set[str]] = {}
    for story, label in zip(STRAITS, clusterer.labels_.tolist(), strict=True):
        by_label.setdefault(label, set()).add(story.id)
    assert list(by_label) == list(range(len(result)))
    assert sorted(map(sorted, by_label.values())) == sorted(sorted(cluster.members) for cluster in result)
    assert clusterer.labels_.dtype == np.int64
    assert clusterer.result_.clusters == result.clusters


@pytest.mark.parametrize("name", ["list", *text_columns([LOCK])])
def test_texts_come_in_whatever_holds_texts(name: str) -> None:
    texts = ["Chess tonight.", LOCK, None, "BRENMOUTH " + LOCK, CHOIR]
    held = texts if name == "list" else text_columns(texts)[name]
    assert StoryClusterer().fit_predict(held).tolist() == [0, 1, 2, 1, 3]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_frames_and_dicts_bring_ids_and_dates(kind: Kind) -> None:
    clusterer = StoryClusterer().fit(kind.make(ROWS))
    assert clusterer.labels_.tolist() == [0, 0, 1, 0, 2]
    assert clusterer.result_.stories == sc.cluster_stories(ROWS).stories
    apart = StoryClusterer(cannot_link=[("wire", "echo"), ("wire", "post"), ("post", "echo")])
    assert apart.fit_predict(kind.make(ROWS)).tolist() == [0, 1, 2, 3, 4]


def test_texts_without_ids_are_named_by_their_places() -> None:
    together = StoryClusterer(must_link=[("0", "2")])
    assert together.fit_predict(["Chess tonight.", LOCK, CHOIR]).tolist() == [0, 1, 0]


def test_a_story_that_came_before_has_its_label() -> None:
    rows = [
        {"id": "b", "text": CHOIR},
        {"id": "a", "text": LOCK},
        {"id": "a", "text": LOCK},
        {"id": "b", "text": CHOIR},
    ]
    assert StoryClusterer().fit_predict(rows).tolist() == [0, 1, 1, 0]
    drawn = pd.Series([CHOIR, LOCK, CHOIR], index=[4, 5, 4])
    assert StoryClusterer().fit_predict(drawn).tolist() == [0, 1, 0]


def test_names_of_columns_and_a_profile_are_parameters() -> None:
    frame = pl.DataFrame({"body": [LOCK, LOCK, CHOIR]})
    profile = sc.learn_profile(STRAITS)
    clusterer = StoryClusterer(columns=Columns(text="body"), profile=profile, threads=1).fit(frame)
    assert clusterer.labels_.tolist() == [0, 0, 1]
    assert clusterer.result_.profile is profile
    assert clone(clusterer).fit(frame).result_.profile.digest == profile.digest


def test_no_texts_at_all() -> None:
    labels = StoryClusterer().fit_predict([])
    assert (labels.shape, labels.dtype) == ((0,), np.int64)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (LOCK, "X is str 'The old sea lock"),
        (Path("wire.jsonl"), "X is PosixPath"),
        (None, "stories is NoneType None; expected several stories"),
        (np.zeros((2, 2)), r"texts is an array of the shape \(2, 2\); expected one dimension"),
        (np.zeros(2), r"record 1: its text \(column 'text'\) is float 0.0; expected text"),
        ([LOCK, 5], r"record 2: its text \(column 'text'\) is int 5; expected text"),
        ([Path("wire.jsonl")], "record 1: a story is PosixPath"),
    ],
)
def test_what_carries_no_texts_is_refused(texts: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StoryClusterer().fit(texts)


# Parameters


def test_the_parameters_are_the_settings_with_their_defaults() -> None:
    parameters = inspect.signature(StoryClusterer).parameters
    for field in fields(Settings):
        assert field.default is not MISSING
        assert parameters[field.name].default == field.default
    assert list(parameters) == [*(field.name for field in fields(Settings)), "columns", "profile", "threads"]
    assert StoryClusterer(level="copy", alike=0.5).get_params()["alike"] == 0.5


# Every parameter of the settings, and a value that changes what they hold.
OTHER_VALUES: dict[str, Any] = {
    "level": "copy",
    "shingle_words": 4,
    "min_words": 5,
    "passage_words": 8,
    "sentence_words": 30,
    "partial_words": 40,
    "version_share": 0.3,
    "copy_share": 0.6,
    "alike": 0.3,
    "window_days": 3,
    "canonical": "longest",
    "preferred_sources": ("Wire",),
    "must_link": (("0", "1"),),
    "cannot_link": (("0", "1"),),
    "rules": (sc.Rule.read("caption\ttail\t60\tno\ten\tphoto from the pier"),),
    "seed": 9,
}


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_every_parameter_reaches_the_settings(name: str) -> None:
    value = OTHER_VALUES[name]
    assert getattr(StoryClusterer(**{name: value}).fit([LOCK, CHOIR]).result_.settings, name) == value


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"copy_share": 60}, "copy_share is 60; expected a number above 0 and at most 1"),
        ({"level": "story"}, "level is 'story'; expected one of"),
        ({"min_words": 2.5}, "min_words is 2.5; expected a whole number"),
        ({"profile": "wire"}, "profile is str 'wire'; expected a storyclust.Profile"),
    ],
)
def test_parameters_are_checked_by_fit_and_not_before(parameters: dict[str, Any], message: str) -> None:
    clusterer = StoryClusterer().set_params(**parameters)
    assert clone(clusterer).get_params() == clusterer.get_params()
    with pytest.raises(ValueError, match=message):
        clusterer.fit([LOCK])
    with pytest.raises(ValueError, match="not fitted"):
        check_is_fitted(clusterer)


def test_parameters_made_with_numpy_are_taken() -> None:
    for grid in ParameterGrid({"copy_share": np.linspace(0.4, 0.8, 2), "min_words": np.arange(5, 25, 10)}):
        settings = StoryClusterer(**grid).fit([LOCK]).result_.settings
        assert (settings.copy_share, settings.min_words) == (grid["copy_share"], grid["min_words"])
        assert type(settings.min_words) is int


# In the company of scikit-learn


def test_the_last_step_of_a_pipeline() -> None:
    pipeline = make_pipeline(FunctionTransformer(lambda texts: [text.strip("*") for text in texts]), StoryClusterer())
    assert pipeline.fit_predict([f"***{LOCK}", CHOIR, f"{LOCK}*"]).tolist() == [0, 1, 0]


def test_a_grid_search_over_a_scorer() -> None:
    def score(clusterer: StoryClusterer, texts: list[str], truth: list[str]) -> float:
        return float(adjusted_rand_score(truth, clusterer.fit_predict(texts)))

    copies = {id: number for number, ids in enumerate(sc.cluster_stories(STRAITS).at_level("copy")) for id in ids}
    truth = [copies[story.id] for story in STRAITS]
    grid = {"level": ["partial", "copy"], "copy_share": np.array([0.55, 1.0])}
    search = GridSearchCV(StoryClusterer(threads=1), grid, scoring=score, cv=[(range(len(TEXTS)), range(len(TEXTS)))])
    search.fit(TEXTS, truth)
    assert search.best_params_ == {"level": "copy", "copy_share": 0.55}
    assert search.best_score_ == 1.0
    assert (search.best_estimator_.labels_ == StoryClusterer(level="copy").fit_predict(TEXTS)).all()


@pytest.mark.parametrize("container", [list, np.array, pd.Series, pl.Series])
def test_folds_of_any_container(container: Any) -> None:
    def clusters(clusterer: StoryClusterer, texts: Any, truth: Any = None) -> float:
        return float(len(set(clusterer.fit_predict(texts).tolist())))

    search = GridSearchCV(StoryClusterer(), {"level": ["copy"]}, scoring=clusters, cv=KFold(2))
    search.fit(container([LOCK, CHOIR, CHOIR, CHOIR]))
    assert (search.cv_results_["split0_test_score"], search.cv_results_["split1_test_score"]) == ([2.0], [1.0])


def test_a_fitted_one_can_be_pickled() -> None:
    clusterer = StoryClusterer(level="copy").fit(TEXTS)
    again = pickle.loads(pickle.dumps(clusterer))
    assert (again.labels_ == clusterer.labels_).all()
    assert again.result_.clusters == clusterer.result_.clusters
    assert list(again.result_.links()) == list(clusterer.result_.links())

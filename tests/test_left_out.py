"""The same model with and without what is left out: the same understanding, the same answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from legwork.settings import ROOT

TEXTS = (
    "hi", "what does it cost", "do you do cupping", "my calves have been tight for two weeks", "no race", "book a session", "friday at 5pm",
    "Dana Price", "508-555-0142", "yes", "wat do i waer", "my chest hurts and my arm is numb", "are you a robot", "quantum physics?",
    "parking and tipping?", "thanks", "bye",
)  # fmt: skip

SCRIPT = """
import asyncio, json, sys
from legwork import left_out
if sys.argv[1] == "without":
    assert left_out.keep_out()
from legwork import server
from legwork.channels.turns import Heard, Turns
from legwork.storage import conversations

async def main():
    agent = server.load_agent()
    turns, found = Turns(agent), []
    mine = conversations.open_conversation("web", "mine").id
    for number, text in enumerate(json.loads(sys.argv[2])):
        row, _, _ = conversations.receive("web", f"{mine}:{number}", mine, {"text": text, "payload": None})
        shown = await turns.answer(Heard("web", mine, row, text))
        found.append([[m["topic"], m["text"].split("code is")[0], [r["title"] for r in m["quick_replies"]]] for m in shown])
    parsed = [await agent.parse_message(text) for text in json.loads(sys.argv[2])]
    loaded = "tensorflow.python" in sys.modules
    print("RESULT" + json.dumps({"loaded": loaded, "answers": found, "parsed": parsed}, default=str))

asyncio.run(main())
"""


def answers(which: str, home: Path) -> dict:
    """What a process of its own answers."""
    (home / which).mkdir()
    environment = {**os.environ, "LEGWORK_VAR": str(home / which), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, which, json.dumps(TEXTS)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.split("RESULT")[1])


@pytest.mark.model
def test_a_model_answers_the_same(model: Path, home: Path) -> None:
    """Every intent, confidence, entity and answer is equal, and TensorFlow is really out in one and in in the other."""
    without, beside = answers("without", home), answers("with", home)

    assert (without["loaded"], beside["loaded"]) == (False, True)
    assert without["answers"] == beside["answers"]
    assert without["parsed"] == beside["parsed"]


OTHER_CONFIG = """
recipe: default.v1
assistant_id: other
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - {name: DIETClassifier, epochs: 1, random_seed: 1, number_of_transformer_layers: 0, entity_recognition: false, run_eagerly: true}
"""
OTHER_DATA = """
version: "3.1"
nlu:
  - {intent: price, examples: "- what does it cost\\n- how much\\n- the price please\\n"}
  - {intent: place, examples: "- where are you\\n- the address please\\n- which town\\n"}
"""
OTHER_SCRIPT = """
import asyncio, json, sys
from pathlib import Path
from legwork import left_out
if sys.argv[1] == "around":
    assert left_out.keep_out(learning=False) and not left_out.is_out()
from rasa.core.agent import Agent
if not Path("other.tar.gz").exists():
    from rasa.model_training import train_nlu
    train_nlu("config.yml", "data.yml", ".", fixed_model_name="other")
agent = Agent.load("other.tar.gz")
async def main():
    parsed = [await agent.parse_message(text) for text in ("how much", "which town")]
    around = all(hasattr(sys.modules[name], "__file__") for name in ("slack_sdk", "scipy.stats"))
    print("RESULT" + json.dumps({"parsed": parsed, "around": around}, default=str))
asyncio.run(main())
"""


@pytest.mark.model
def test_other_components_with_tensorflow(tmp_path: Path) -> None:
    """A model with Rasa's own DIET understands the same when only channels, stores and pictures are left out."""
    (tmp_path / "config.yml").write_text(OTHER_CONFIG)
    (tmp_path / "data.yml").write_text(OTHER_DATA)

    def parsed(which: str) -> dict[str, Any]:
        command = [sys.executable, "-W", "ignore", "-c", OTHER_SCRIPT, which]
        found = subprocess.run(
            command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=240
        )
        assert found.returncode == 0, found.stderr[-2000:]
        return dict(json.loads(found.stdout.split("RESULT")[1]))

    whole, around = parsed("whole"), parsed("around")

    assert (whole["around"], around["around"]) == (True, False)
    assert around["parsed"] == whole["parsed"]
    assert around["parsed"][0]["intent"]["name"] in ("price", "place")


def test_stand_ins_do_for_what_rasa_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Base class, annotation, decorator with and without arguments, a name of a name; and a real package is left alone."""
    script = """
from legwork import left_out
left_out.keep_out()
import tensorflow as tf, tensorflow_addons as tfa
from typing import Optional, Union
import numpy as np
from tensorflow.python.keras.utils import tf_utils
class Layer(tf.keras.layers.Layer):
    def call(self, x: Union[tf.Tensor, np.ndarray]) -> Optional[tf.data.Dataset]: return x
assert Layer.call(None, 3) == 3
@tf.function
def f(x): return x
@tf.function(input_signature=[])
def g(x): return x
assert f(1) == 1
import json, sqlite3
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)

    assert run.returncode == 0, run.stderr


def test_it_is_too_late_once_rasa_is_loaded() -> None:
    """Half a TensorFlow would be worse than a whole one."""
    script = "import rasa; from legwork import left_out as w; assert w.keep_out() is False and not w.is_out()"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)

    assert run.returncode == 0, run.stderr


def test_nothing_of_our_own_stands_on_a_stand_in() -> None:
    """No module of the server or the actions holds a name of a library that is left out; what Rasa's channels hold is one."""
    script = """
from legwork import left_out
assert left_out.keep_out()
import pkgutil, sys
import legwork.server, actions
from rasa.core.channels.telegram import Bot
for found in pkgutil.iter_modules(actions.__path__, "actions."):
    __import__(found.name)
stands = left_out._Stands, left_out._Absent
assert isinstance(Bot, stands)
ours = [name for name in sys.modules if name.split(".")[0] in ("legwork", "actions")]
assert len(ours) > 100
held = [f"{name}.{key}" for name in ours for key, value in vars(sys.modules[name]).items() if isinstance(value, stands)]
assert not held, held
"""
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True)

    assert run.returncode == 0, run.stderr

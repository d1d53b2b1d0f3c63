"""The files for the operator: well formed, in agreement with each other and with what Legwork knows."""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from legwork import __main__, left_out, metrics
from legwork.errors import LegworkError
from legwork.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
KNOWN = {next(iter(field.field_info.extra["env_names"])).upper() for field in Settings.__fields__.values()}


def manifests() -> list[dict]:
    """All of Kubernetes' objects."""
    return [
        each
        for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
        for each in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


def of_kind(kind: str) -> dict:
    """The only object of a kind."""
    [found] = [each for each in manifests() if each["kind"] == kind]
    return found


def test_every_kind_is_there() -> None:
    """Deployment, service, budget, autoscaling, ingress and the migration job."""
    kinds = {"Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler", "Ingress", "Job"}

    assert {each["kind"] for each in manifests()} == kinds
    assert all(each["metadata"]["name"].startswith("legwork") for each in manifests())


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_pods_have_no_more_rights_than_they_need(kind: str) -> None:
    """No root, nothing to gain, a root file system that is read only, and writable places for all that is written."""
    pod = of_kind(kind)["spec"]["template"]["spec"]
    [container] = pod["containers"]
    security = container["securityContext"]

    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
    assert security == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert {"/tmp", "/var/lib/legwork"} <= {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}


def test_an_update_loses_nothing() -> None:
    """No pod goes before another is ready; one that goes has time to end its turns; probes ask what the server answers."""
    spec = of_kind("Deployment")["spec"]
    pod = spec["template"]["spec"]
    [container] = pod["containers"]
    labels = spec["template"]["metadata"]["labels"]

    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert pod["terminationGracePeriodSeconds"] > 5 + 10 + 15, "preStop, a turn, Sanic's own grace"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["readinessProbe"]["httpGet"]["path"] == container["startupProbe"]["httpGet"]["path"] == "/health/ready"
    for kind, selector in (("Service", "selector"), ("PodDisruptionBudget", "selector"), ("Deployment", "selector")):
        found = of_kind(kind)["spec"][selector]
        assert found.get("matchLabels", found) == labels
    assert of_kind("HorizontalPodAutoscaler")["spec"]["minReplicas"] > of_kind("PodDisruptionBudget")["spec"]["minAvailable"]


def test_compose_sets_what_exists() -> None:
    """Its settings are Legwork's, its services depend on services, and nobody but the proxy is reached from outside."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]

    assert {"caddy", "legwork", "migrate", "postgres", "redis"} == set(services)
    assert set(services["legwork"]["environment"]) <= KNOWN
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert services["legwork"]["read_only"] and services["legwork"]["user"] == "10001:10001"
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert set(service["networks"]) <= set(compose["networks"])
    assert "/metrics" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")


def test_image_copies_what_exists() -> None:
    """Every file that the Dockerfile copies from the project is there, and it ends as somebody who is not root."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = {source for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for source in line.split()[:-1]}

    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert re.findall(r"^USER (\d+)$", text, re.MULTILINE) == ["10001"]
    assert set(re.findall(r"(LEGWORK_\w+)=", text)) <= KNOWN


def test_dashboard_asks_for_metrics_that_are_told() -> None:
    """Every name in the dashboard is one that the server exposes."""
    metrics.TURNS.labels("web", "answered")
    told = {line.split("{")[0].split(" ")[0] for line in metrics.exposition().decode().splitlines() if not line.startswith("#")}
    told |= {family.name for family in metrics.REGISTRY.collect()}
    told |= {f"{family.name}_{end}" for family in metrics.REGISTRY.collect() for end in ("total", "bucket", "sum", "count")}
    dashboard = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\b(?:legwork|process)_\w+", target["expr"])
    }

    assert len(dashboard["panels"]) == 10 and asked - told == set()


def test_serve_lock_is_the_lock_without_what_serving_does_without(tmp_path) -> None:
    """Made anew it is the same; every package in it has the version and hashes of requirements.lock; no TensorFlow."""
    before = (ROOT / "requirements-serve.lock").read_text(encoding="utf-8")
    subprocess.run([ROOT / "scripts" / "serve-lock"], check=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert (ROOT / "requirements-serve.lock").read_text(encoding="utf-8") == before
    assert set(before.splitlines()[1:]) <= set(lock.splitlines())
    assert not re.search(r"^(tensorflow|keras|pytest)", before, re.MULTILINE)
    assert re.search(r"^rasa==3\.6\.21", before, re.MULTILINE)


def names(lock: str) -> set[str]:
    """The packages of a lock."""
    return set(re.findall(r"^([a-z0-9-]+)[=\[]", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


def test_what_is_left_out_of_serving_is_in_the_lock() -> None:
    """A name that nothing has any more would keep nothing out."""
    lines = (ROOT / "requirements" / "not-serving.txt").read_text(encoding="utf-8").splitlines()

    assert {line for line in lines if not line.startswith("#")} == names("requirements.lock") - names("requirements-serve.lock")


SITE = """
import importlib.abc, sys
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in NAMES or any(name.startswith(each + ".") for each in NAMES):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
"""


def without_what_serving_lacks(folder: Path) -> dict[str, str]:
    """The environment of a process that can't import what the image hasn't: left-out packages, and left-out parts of others."""
    serving, modules = names("requirements-serve.lock"), {True: set(), False: set()}
    for package in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
        for file in package.files or ():
            if file.suffix in (".py", ".so") and file.parts[0] not in ("..", "__pycache__"):
                # Several packages share `google`.
                top = file.parts[: 2 if file.parts[0] == "google" else 1]
                modules[name in serving].add(".".join(top).split(".cpython")[0].removesuffix(".py"))
    missing = modules[False] - modules[True] | {name for name in left_out.LEARNING + left_out.AROUND if "." in name}
    assert {"sklearn", "tensorflow", "twilio", "botocore", "google.auth", "scipy.stats"} <= missing
    (folder / "sitecustomize.py").write_text(f"NAMES = {missing!r}{SITE}")
    return {"PYTHONPATH": str(folder)}


@pytest.mark.model
def test_nothing_is_missing_where_it_serves(model: Path, tmp_path: Path) -> None:
    """The server and every command do the same with what the image has as with everything, word for word."""

    def answers(**environment: str) -> str:
        command = [sys.executable, "-W", "ignore", DEPLOY / "first_run.py"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LEGWORK_")}
        run = subprocess.run(command, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, timeout=400)
        assert run.returncode == 0, run.stderr[-2000:]
        return run.stdout

    whole = answers()

    assert answers(**without_what_serving_lacks(tmp_path)) == whole
    assert "booking: Thank you, your request is with Jessica" in whole


def test_tensorflow_that_is_not_there_is_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The image has none; whoever asks for it is told what to do."""
    monkeypatch.setenv("LEGWORK_TENSORFLOW", "on")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(LegworkError, match="TensorFlow is not installed here"):
        __main__._run(argparse.Namespace())
    gc.enable()


def test_readme_names_the_settings_file_to_compose() -> None:
    """Compose looks for `.env` beside its own file only, and ours is in the project's folder."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8") + (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    commands = re.findall(r"docker compose [^`\n]*", text)

    assert commands and all(command.startswith("docker compose --env-file .env -f deploy/compose.yaml") for command in commands)


def test_first_run_gives_every_command() -> None:
    """All but `messenger`, which writes to Meta."""
    text = (DEPLOY / "first_run.py").read_text(encoding="utf-8")
    given = re.search(r"^COMMANDS = \((.*?)^\)", text, re.MULTILINE | re.DOTALL)
    commands = {line.split()[0] for line in re.findall(r'"([^"]+)"', given[1])}
    every = next(action.choices for action in __main__._parser()._actions if action.dest == "command")

    assert commands | {"run", "messenger"} == set(every)

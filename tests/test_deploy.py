"""The files for the operator: well formed, in agreement with each other and with what Legwork knows."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest
import yaml

from legwork import metrics
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
    copied = [source for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for source in line.split()[:-1]]

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

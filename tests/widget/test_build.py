"""The committed bundle is what the sources make, and the sources are typed and linted."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .conftest import WIDGET, skip_or_fail

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def node() -> str:
    """Node with the packages installed."""
    found = shutil.which("node")
    if not found:
        skip_or_fail("Node is not installed")
    if not (WIDGET / "node_modules" / "esbuild").exists():
        skip_or_fail("the packages are not installed: npm ci --prefix widget")
    return str(found)


def run(*command: str) -> None:
    """Runs a command in widget/; its output is the failure's text."""
    done = subprocess.run(command, cwd=WIDGET, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_bundle_is_fresh(node, tmp_path):
    """A build from the sources gives the committed files, byte for byte."""
    run(node, "build.mjs", "--out", str(tmp_path))

    for name in ("loader.js", "legwork-chat.js"):
        assert (tmp_path / name).read_bytes() == (WIDGET / "dist" / name).read_bytes()


def test_types(node):
    """The TypeScript compiler has no complaint in strict mode."""
    run(str(WIDGET / "node_modules" / ".bin" / "tsc"), "--noEmit")


def test_lint(node):
    """The linter has no complaint, warnings included."""
    run(str(WIDGET / "node_modules" / ".bin" / "biome"), "check", "--error-on-warnings", ".")


def test_lock_names_no_registry():
    """The lock file installs from whatever registry is set up, and checks what it gets."""
    lock = (WIDGET / "package-lock.json").read_text("utf-8")

    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 5

"""The settings: read once, cast, checked, failing by name."""

from __future__ import annotations

import datetime as dt
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from legwork import settings as module
from legwork.errors import SettingsError
from legwork.settings import ROOT, read_settings, settings


@pytest.fixture(autouse=True)
def no_dotenv(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's own .env has no say here."""
    monkeypatch.setattr(module, "load_dotenv", lambda path: None)
    monkeypatch.delenv("LEGWORK_CLOCK", raising=False)


def test_everything_has_a_default(home: Path) -> None:
    """Without a single setting the web channel runs, and the others are off."""
    found = read_settings()

    assert (found.port, found.url, found.limits_on, found.origins) == (5005, "http://localhost:5005", True, [])
    assert not found.sms_on and not found.messenger_on
    assert found.database_url == f"sqlite:///{home / 'legwork.sqlite3'}"
    assert (found.twilio_api_base, found.messenger_api_base) == ("https://api.twilio.com", "https://graph.facebook.com")


def test_default_var_is_the_projects(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept lies in var/ beside the code."""
    monkeypatch.delenv("LEGWORK_VAR")

    assert module.Settings().var == ROOT / "var"
    assert module.Settings().practice_file == ROOT / "practice.yml"


def test_empty_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without a value in .env leaves the default."""
    for name in (
        "PORT",
        "LEGWORK_PUBLIC_URL",
        "LEGWORK_SECRET",
        "TWILIO_API_BASE",
        "LEGWORK_CLOCK",
        "LEGWORK_LIMITS",
        "LEGWORK_DATABASE_URL",
    ):
        monkeypatch.setenv(name, "")
    found = read_settings()

    assert (found.port, found.public_url, found.clock, found.limits) == (5005, None, None, "on")
    assert found.twilio_api_base == "https://api.twilio.com" and found.secret and found.database_url


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "abc", "integer"),
        ("PORT", "0", "greater than or equal to 1"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("PORT", "50.5", "integer"),
        ("LEGWORK_PUBLIC_URL", "chat.example.com", "write it like https://chat.example.com"),
        ("LEGWORK_PUBLIC_URL", "ftp://example.com", "write it like"),
        ("LEGWORK_PUBLIC_URL", "https://", "write it like"),
        ("LEGWORK_LIMITS", "maybe", "'on' and 'off'"),
        ("LEGWORK_CLOCK", "noon", "datetime"),
    ],
)
def test_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str) -> None:
    """The variable, what was found, and what is allowed."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as raised:
        read_settings()

    assert str(raised.value).startswith(f"{name} has the value '{value}'")
    assert allowed in str(raised.value)


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each."""
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("LEGWORK_LIMITS", "y")

    with pytest.raises(SettingsError) as raised:
        read_settings()

    assert sorted(line.split()[0] for line in str(raised.value).splitlines()) == ["LEGWORK_LIMITS", "PORT"]


@pytest.mark.parametrize(("name", "value"), [("LEGWORK_CLOCK", "2026-11-23T10:00:00-05:00"), ("LEGWORK_LIMITS", "off")])
@pytest.mark.parametrize(
    "url", ["https://chat.example.com", "http://192.168.1.5:5005", "https://localhost.example.com", "http://8.8.8.8"]
)
def test_test_settings_are_refused_in_public(monkeypatch: pytest.MonkeyPatch, name: str, value: str, url: str) -> None:
    """A clock that stands still and lifted limits are for one machine."""
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("LEGWORK_PUBLIC_URL", url)

    with pytest.raises(SettingsError, match=f"{name}.* is for tests on one machine.*Unset one of them"):
        read_settings()


@pytest.mark.parametrize("url", ["http://localhost:5005", "http://127.0.0.1:9", "http://[::1]:5005", "http://chat.localhost", ""])
def test_test_settings_are_allowed_on_one_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Loopback is one machine, however it is written."""
    monkeypatch.setenv("LEGWORK_CLOCK", "2026-11-23T10:00:00-05:00")
    monkeypatch.setenv("LEGWORK_LIMITS", "OFF")
    monkeypatch.setenv("LEGWORK_PUBLIC_URL", url)
    found = read_settings()

    assert not found.limits_on
    assert found.now() == dt.datetime(2026, 11, 23, 15, tzinfo=dt.timezone.utc)


def test_clock_without_a_zone_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the real one runs, in UTC."""
    assert abs((read_settings().now() - dt.datetime.now(dt.timezone.utc)).total_seconds()) < 5
    monkeypatch.setenv("LEGWORK_CLOCK", "2026-11-23T10:00:00")

    assert read_settings().now() == dt.datetime(2026, 11, 23, 10, tzinfo=dt.timezone.utc)


def test_secret_is_made_once_and_kept(home: Path) -> None:
    """Tokens and links stay valid over a restart, and nobody else can read the file."""
    first, second = read_settings().secret, read_settings().secret

    assert first.get_secret_value() == second.get_secret_value() and len(first.get_secret_value()) >= 40
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(("before", "after"), [(None, 0o700), (0o755, 0o700), (0o2770, 0o2700), (0o1777, 0o1777)])
def test_folder_is_nobody_elses(home: Path, monkeypatch: pytest.MonkeyPatch, before: int | None, after: int) -> None:
    """New, or made by an earlier release; only a folder that is everybody's, like /tmp, is left as it is."""
    var = home / "var"
    if before is not None:
        var.mkdir()
        var.chmod(before)
    monkeypatch.setenv("LEGWORK_VAR", str(var))
    read_settings()

    assert stat.S_IMODE(var.stat().st_mode) == after


def test_volume_of_the_machine_is_left_as_it_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the folder may be root's while Legwork is not: what is in it is private all the same."""
    var = home / "var"
    var.mkdir(0o755)
    monkeypatch.setenv("LEGWORK_VAR", str(var))
    monkeypatch.setattr(os, "geteuid", lambda: var.stat().st_uid + 10001)
    read_settings()

    assert stat.S_IMODE(var.stat().st_mode) == 0o755
    assert stat.S_IMODE((var / "secret").stat().st_mode) == 0o600


def test_folder_that_cannot_be_written_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume that belongs to somebody else is a sentence at the start, not a trace."""

    def refused(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)

    with pytest.raises(SettingsError, match=r"\(LEGWORK_VAR\): Permission denied"):
        read_settings()


def test_own_secret_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is set is used, and none is written."""
    monkeypatch.setenv("LEGWORK_SECRET", "mine")

    assert read_settings().secret.get_secret_value() == "mine"
    assert not (home / "secret").exists()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printed settings hold no secret."""
    names = (
        "LEGWORK_SECRET",
        "TWILIO_AUTH_TOKEN",
        "MESSENGER_APP_SECRET",
        "MESSENGER_VERIFY_TOKEN",
        "MESSENGER_PAGE_TOKEN",
        "SMTP_URL",
    )
    for name in names:
        monkeypatch.setenv(name, f"hush-{name}")

    assert "hush" not in repr(read_settings()) and "hush" not in str(read_settings())


@pytest.mark.parametrize("missing", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", None])
def test_sms_needs_all_three(monkeypatch: pytest.MonkeyPatch, missing: str | None) -> None:
    """A half-set channel is off."""
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"):
        if name != missing:
            monkeypatch.setenv(name, "x")

    assert read_settings().sms_on is (missing is None)


@pytest.mark.parametrize("missing", ["MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN", "MESSENGER_PAGE_TOKEN", None])
def test_messenger_needs_all_three(monkeypatch: pytest.MonkeyPatch, missing: str | None) -> None:
    """The same for Messenger."""
    for name in ("MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN", "MESSENGER_PAGE_TOKEN"):
        if name != missing:
            monkeypatch.setenv(name, "x")

    assert read_settings().messenger_on is (missing is None)


def test_origins_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Separated by commas, with or without spaces and slashes."""
    monkeypatch.setenv("LEGWORK_ALLOWED_ORIGINS", "https://a.example.com/, https://b.example.com,,")

    assert read_settings().origins == ["https://a.example.com", "https://b.example.com"]


def test_public_url_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that paths can be put behind it."""
    monkeypatch.setenv("LEGWORK_PUBLIC_URL", "https://chat.example.com/")

    assert read_settings().url == "https://chat.example.com"


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that changes later changes nothing, until the next process."""
    first = settings()
    monkeypatch.setenv("PORT", "6006")

    assert settings() is first and settings().port == 5005


def test_wrong_setting_stops_the_start_with_a_sentence(home: Path) -> None:
    """`python -m legwork` ends with the sentence and no stack trace."""
    environment = {**os.environ, "PORT": "abc", "LEGWORK_VAR": str(home)}
    run = subprocess.run([sys.executable, "-m", "legwork", "doctor"], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert run.returncode == 1
    assert run.stderr.startswith("PORT has the value 'abc'") and "Traceback" not in run.stderr

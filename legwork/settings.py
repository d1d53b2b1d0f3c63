"""The only reader of the environment and of practice.yml: read once, cast, checked, failing at start by name."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import load_dotenv
from pydantic import BaseSettings, Field, SecretStr, ValidationError, validator

from legwork import private
from legwork.errors import SettingsError
from legwork.practice import Practice, load

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder; `var/`, `models/` and practice.yml lie in it."""


class Settings(BaseSettings):
    """Everything that the environment or `.env` decides. `.env.example` lists all with a line each."""

    port: int = Field(5005, env="PORT", ge=1, le=65535)
    public_url: str | None = Field(None, env="LEGWORK_PUBLIC_URL")
    database_url: str = Field("", env="LEGWORK_DATABASE_URL")
    redis_url: str | None = Field(None, env="LEGWORK_REDIS_URL")
    secret: SecretStr | None = Field(None, env="LEGWORK_SECRET")
    allowed_origins: str = Field("", env="LEGWORK_ALLOWED_ORIGINS")
    smtp_url: SecretStr | None = Field(None, env="SMTP_URL")
    clock: dt.datetime | None = Field(None, env="LEGWORK_CLOCK")
    limits: str = Field("on", env="LEGWORK_LIMITS")
    log: str = Field("text", env="LEGWORK_LOG")
    tensorflow: str = Field("off", env="LEGWORK_TENSORFLOW")
    metrics_token: SecretStr | None = Field(None, env="LEGWORK_METRICS_TOKEN")
    actions_url: str | None = Field(None, env="LEGWORK_ACTIONS_URL")
    var: Path = Field(ROOT / "var", env="LEGWORK_VAR")
    practice_file: Path = Field(ROOT / "practice.yml", env="LEGWORK_PRACTICE")
    twilio_account_sid: str | None = Field(None, env="TWILIO_ACCOUNT_SID")
    twilio_auth_token: SecretStr | None = Field(None, env="TWILIO_AUTH_TOKEN")
    twilio_from: str | None = Field(None, env="TWILIO_FROM")
    twilio_api_base: str = Field("https://api.twilio.com", env="TWILIO_API_BASE")
    messenger_app_secret: SecretStr | None = Field(None, env="MESSENGER_APP_SECRET")
    messenger_verify_token: SecretStr | None = Field(None, env="MESSENGER_VERIFY_TOKEN")
    messenger_page_token: SecretStr | None = Field(None, env="MESSENGER_PAGE_TOKEN")
    calcom_api_base: str = Field("https://api.cal.com", env="CALCOM_API_BASE")
    messenger_api_base: str = Field("https://graph.facebook.com", env="MESSENGER_API_BASE")

    @validator("*", pre=True)
    def _empty_is_unset(cls, value: Any, field: Any) -> Any:  # noqa: N805  # pydantic validators are class methods
        return field.get_default() if value == "" else value

    @validator("limits", "log", "tensorflow")
    def _one_of(cls, value: str, field: Any) -> str:  # noqa: N805  # pydantic validators are class methods
        allowed = {"limits": ("on", "off"), "log": ("text", "json"), "tensorflow": ("off", "on")}[field.name]
        if value.lower() not in allowed:
            raise ValueError(f"allowed are '{allowed[0]}' and '{allowed[1]}'")
        return value.lower()

    @validator("database_url")
    def _is_database(cls, value: str) -> str:  # noqa: N805  # pydantic validators are class methods
        if value and value.partition("://")[0] not in ("sqlite", "postgresql", "postgresql+psycopg2"):
            raise ValueError("write it like postgresql://user:password@host/legwork, or leave it unset for a SQLite file")
        return value

    @validator("redis_url")
    def _is_redis(cls, value: str | None) -> str | None:  # noqa: N805  # pydantic validators are class methods
        if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("write it like redis://host:6379/0")
        return value

    @validator("public_url", "actions_url")
    def _is_url(cls, value: str | None) -> str | None:  # noqa: N805  # pydantic validators are class methods
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("write it like https://chat.example.com")
        return value.rstrip("/") if value else value

    @validator("clock")
    def _aware(cls, value: dt.datetime | None) -> dt.datetime | None:  # noqa: N805  # pydantic validators are class methods
        return value.replace(tzinfo=dt.timezone.utc) if value and value.tzinfo is None else value

    @property
    def origins(self) -> list[str]:
        """Origins whose pages may use the chat, besides the server's own."""
        return [o.strip().rstrip("/") for o in self.allowed_origins.split(",") if o.strip()]

    @property
    def limits_on(self) -> bool:
        """Whether the rate limits hold."""
        return self.limits == "on"

    @property
    def alone(self) -> bool:
        """Whether this is the only process that serves."""
        return not self.redis_url

    @property
    def sms_on(self) -> bool:
        """Whether the SMS channel has all that it needs."""
        return bool(self.twilio_account_sid and self.twilio_auth_token and self.twilio_from)

    @property
    def messenger_on(self) -> bool:
        """Whether the Messenger channel has all that it needs."""
        return bool(self.messenger_app_secret and self.messenger_verify_token and self.messenger_page_token)

    @property
    def url(self) -> str:
        """Where the server is reached."""
        return self.public_url or f"http://localhost:{self.port}"

    def now(self) -> dt.datetime:
        """This moment in UTC, or the instant that LEGWORK_CLOCK holds still."""
        return (self.clock or dt.datetime.now(dt.timezone.utc)).astimezone(dt.timezone.utc)


def _is_loopback(url: str | None) -> bool:
    host = urlsplit(url or "http://localhost").hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings() -> Settings:
    """Reads `.env` and the environment.

    Raises:
        SettingsError: names each wrong variable, what was found and what is allowed.
    """
    load_dotenv(ROOT / ".env")
    try:
        settings = Settings()  # type: ignore[call-arg]  # each is read from the environment
    except ValidationError as error:
        lines = []
        for e in error.errors():
            field = Settings.__fields__[str(e["loc"][0])]
            name = next(iter(field.field_info.extra.get("env_names", {field.name}))).upper()
            lines.append(f"{name} has the value {os.environ.get(name)!r}; {e['msg']}.")
        raise SettingsError("\n".join(lines)) from None
    if not _is_loopback(settings.public_url):
        for name, is_set in (("LEGWORK_CLOCK", settings.clock), ("LEGWORK_LIMITS=off", not settings.limits_on)):
            if is_set:
                raise SettingsError(
                    f"{name} is for tests on one machine, and LEGWORK_PUBLIC_URL names {settings.public_url}. Unset one of them."
                )
    if settings.redis_url and not settings.database_url.startswith("postgresql"):
        raise SettingsError(
            "LEGWORK_REDIS_URL is for several processes, and those need one PostgreSQL database. "
            "Set LEGWORK_DATABASE_URL to it (postgresql://…), or unset LEGWORK_REDIS_URL."
        )
    try:
        private.make_folder(settings.var)
    except OSError as error:
        raise SettingsError(f"The folder {settings.var} (LEGWORK_VAR) can't be made: {error.strerror}.") from None
    if not settings.database_url:
        settings.database_url = f"sqlite:///{settings.var / 'legwork.sqlite3'}"
    if settings.secret is None:
        settings.secret = SecretStr(_kept_secret(settings.var / "secret"))
    return settings


def _kept_secret(path: Path) -> str:
    """The secret that signs tokens and links: made once, readable by its owner only."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingsError(f"Nothing can be written to the folder {path.parent} (LEGWORK_VAR): {error.strerror}.") from None
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii").strip()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings()


@lru_cache(maxsize=1)
def practice() -> Practice:
    """The owner's facts, read once."""
    return load(settings().practice_file)


def forget() -> None:
    """Makes the next use read everything again. For tests, which change the environment."""
    settings.cache_clear()
    practice.cache_clear()

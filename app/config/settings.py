"""Every setting of the service, read from the environment and from `.env`.

Names have the prefix `WAYBILL_`, except for the customary `DATABASE_URL`, `BROADCAST_URL` and `PORT`.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.config.database_url import masked, normalised
from app.config.secret_key import SECRET_MIN_BYTES, kept_secret, secret_flaw

ENV_PREFIX = "WAYBILL_"


class SettingsError(Exception):
    """The service cannot start with these settings; the text has one line for each variable that is wrong."""


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query or parts.fragment:
        raise ValueError(f"{value!r} is not an origin such as https://shop.example (and * is not allowed)")
    return value


def _broadcast_url(value: str) -> str:
    if urlsplit(value).scheme != "memory":
        raise ValueError("only memory:// (one process) is supported")
    return value


CommaSeparated = NoDecode, BeforeValidator(_split)


class Settings(BaseSettings):
    """The settings of one server. `load_settings()` builds them; tests use keyword arguments."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production", "test"] = "development"
    database_url: Annotated[str, AfterValidator(normalised)] = Field(
        default="sqlite:///var/waybill.db", validation_alias="DATABASE_URL", validate_default=True
    )
    database_pool_size: int = Field(default=10, ge=1, le=200)
    broadcast_url: Annotated[str, AfterValidator(_broadcast_url)] = Field(
        default="memory://", validation_alias="BROADCAST_URL"
    )

    secret_key: SecretStr | None = None
    previous_secret_keys: Annotated[list[SecretStr], *CommaSeparated] = []
    token_ttl: int = Field(default=3600, ge=1, le=30 * 24 * 3600)
    token_issuer: str = Field(default="waybill", min_length=1)
    token_audience: str = Field(default="waybill", min_length=1)
    argon2_time_cost: int = Field(default=3, ge=1)
    argon2_memory_kib: int = Field(default=65536, ge=8)
    argon2_parallelism: int = Field(default=4, ge=1)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535, validation_alias="PORT")
    cors_origins: Annotated[list[Annotated[str, AfterValidator(_origin)]], *CommaSeparated] = []
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)

    demo: bool = False
    courier_speed: float = Field(default=1.0, gt=0, le=1000)

    log_format: Literal["auto", "console", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    var_dir: Path = Path("var")

    @model_validator(mode="after")
    def _is_fit_for_production(self) -> Self:
        if self.environment != "production":
            return self
        if self.secret_key is None:
            raise ValueError(f"{ENV_PREFIX}SECRET_KEY must be set in production: {_HOW_TO_MAKE_A_SECRET}")
        if self.demo:
            raise ValueError(f"{ENV_PREFIX}DEMO must be off in production: the passwords of the demo are public")
        for name, secret in self._named_secrets():
            if flaw := secret_flaw(secret.get_secret_value()):
                raise ValueError(f"{name} {flaw}: {_HOW_TO_MAKE_A_SECRET}")
        return self

    def _named_secrets(self) -> Iterable[tuple[str, SecretStr]]:
        if self.secret_key is not None:
            yield f"{ENV_PREFIX}SECRET_KEY", self.secret_key
        for secret in self.previous_secret_keys:
            yield f"{ENV_PREFIX}PREVIOUS_SECRET_KEYS", secret

    def signing_secret(self) -> str:
        """Returns the secret that signs tokens.

        Outside production, a missing one is generated once and kept in `<var_dir>/secret.key`, which only its owner
        can read.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        return kept_secret(self.var_dir / "secret.key")

    def token_secrets(self) -> list[str]:
        """Returns every secret that a token may be signed with, the one for new tokens first."""
        return [self.signing_secret(), *(secret.get_secret_value() for secret in self.previous_secret_keys)]

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, masked(value) if name == "database_url" else value


_HOW_TO_MAKE_A_SECRET = (
    f"it needs at least {SECRET_MIN_BYTES} random bytes, for example from "
    """`python -c "import secrets; print(secrets.token_urlsafe(48))"`"""
)


def load_settings(**overrides: Any) -> Settings:
    """Returns the settings; raises `SettingsError` with one line for each variable that is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(error))) from None


def variable_name(field: str) -> str:
    """Returns the environment variable of a field of `Settings`."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else ENV_PREFIX + field.upper()


def unknown_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Returns the variables that look like settings but are not, such as misspelt ones; nothing reads them."""
    known = {ENV_PREFIX + field.upper() for field in Settings.model_fields}  # WAYBILL_PORT works like PORT
    return sorted(name for name in environment if name.startswith(ENV_PREFIX) and name not in known)


def _lines(error: ValidationError) -> Iterable[str]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        message = item["msg"].removeprefix("Value error, ")
        location = [str(part) for part in item["loc"]]
        if not location:
            yield message
            continue
        field = location[0]
        yield f"{variable_name(field) if field in Settings.model_fields else field}: {message}"

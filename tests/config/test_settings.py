"""Settings: where they come from, which values are refused, and what the error says."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.config.secret_key import kept_secret
from app.config.settings import Settings, SettingsError, load_settings, variable_name

STRONG = "kXo1cN0sZr8Wv2mQe7Ty4Ua9Hb3Lp6Jd5Gf"
ROOT = Path(__file__).parents[2]


def read(**overrides: Any) -> Settings:
    return load_settings(_env_file=None, **overrides)


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:///var/x.db", "sqlite:///var/x.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("postgresql://u:p%40ss@h:5433/d", "postgresql+asyncpg://u:p%40ss@h:5433/d"),
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgres://u@h/d?sslmode=require", "postgresql+asyncpg://u@h/d?ssl=require"),
        ("postgresql://u@/d?host=/run/pg", "postgresql+asyncpg://u@/d?host=%2Frun%2Fpg"),
    ],
)
def test_database_urls_get_the_async_driver(monkeypatch: pytest.MonkeyPatch, written: str, used: str) -> None:
    monkeypatch.setenv("DATABASE_URL", written)
    assert read().database_url == used


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("DATABASE_URL", "mysql://u:hush@h/d", "mysql is not supported; use sqlite:///"),
        ("DATABASE_URL", "nonsense hush", "this is not a database address; use sqlite:///"),
        ("DATABASE_URL", "sqlite://", "lost with each connection"),
        ("DATABASE_URL", "sqlite:///:memory:", "lost with each connection"),
        ("BROADCAST_URL", "redis://hush@h", "only memory://"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("WAYBILL_TOKEN_TTL", "hush", "valid integer"),
        ("WAYBILL_ENVIRONMENT", "hush", "'development', 'production' or 'test'"),
        ("WAYBILL_CORS_ORIGINS", "https://a.example,*", "'*' is not an origin"),
        ("WAYBILL_CORS_ORIGINS", "https://a.example/path", "is not an origin"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        read()
    assert str(caught.value).startswith(f"{variable}: ")
    assert told in str(caught.value)
    assert "hush" not in str(caught.value)


def test_every_wrong_value_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read(port=-1, token_ttl=0)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["WAYBILL_TOKEN_TTL", "PORT"]


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        (None, "must be set in production"),
        ("short", "is too short (5 bytes)"),
        ("a" * 64, "repeats a few characters"),
        ("change-me-change-me-change-me-change-me", "is a published example"),
    ],
)
def test_production_refuses_a_weak_secret(secret: str | None, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(environment="production", secret_key=secret)
    assert str(caught.value).startswith("WAYBILL_SECRET_KEY ")
    assert told in str(caught.value)
    assert secret is None or f"{secret}:" not in str(caught.value)


def test_production_refuses_a_weak_previous_secret() -> None:
    with pytest.raises(SettingsError, match="WAYBILL_PREVIOUS_SECRET_KEYS is too short"):
        read(environment="production", secret_key=STRONG, previous_secret_keys=["short"])


def test_production_refuses_the_demo() -> None:
    with pytest.raises(SettingsError, match="WAYBILL_DEMO must be off in production"):
        read(environment="production", secret_key=STRONG, demo=True)


def test_production_starts_with_a_strong_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYBILL_ENVIRONMENT", "production")
    monkeypatch.setenv("WAYBILL_SECRET_KEY", STRONG)
    monkeypatch.setenv("WAYBILL_PREVIOUS_SECRET_KEYS", f"{STRONG}1,{STRONG}2")
    settings = read()
    assert settings.signing_secret() == STRONG
    assert settings.token_secrets() == [STRONG, f"{STRONG}1", f"{STRONG}2"]


def test_development_makes_a_secret_once_and_keeps_it(tmp_path: Path) -> None:
    first = read(var_dir=tmp_path / "var").signing_secret()
    file = tmp_path / "var" / "secret.key"
    assert read(var_dir=tmp_path / "var").signing_secret() == first == file.read_text().strip()
    assert len(first.encode()) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: kept_secret(path), range(64)))
    assert len(secrets) == 1


def test_secrets_never_show() -> None:
    settings = read(database_url="postgresql://u:hush-hush@h/d", secret_key=STRONG, previous_secret_keys=[STRONG])
    for text in (repr(settings), str(settings)):
        assert "hush-hush" not in text
        assert STRONG not in text
        assert "postgresql+asyncpg://u:***@h/d" in text


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYBILL_CORS_ORIGINS", "https://a.example, http://localhost:5173")
    assert read().cors_origins == ["https://a.example", "http://localhost:5173"]


def test_the_example_file_names_every_setting_with_its_default() -> None:
    example = (ROOT / ".env.example").read_text()
    lines = dict(
        line.removeprefix("#").split("=", 1)
        for line in example.splitlines()
        if line.startswith("#") and "=" in line and " " not in line.split("=")[0]
    )
    assert set(lines) == {variable_name(field) for field in Settings.model_fields}
    written = {name: value for name, value in lines.items() if value and "SECRET" not in name}
    fields = {variable_name(field): field for field in Settings.model_fields}
    defaults = Settings(_env_file=None)
    assert read(**{fields[name]: value for name, value in written.items()}) == defaults

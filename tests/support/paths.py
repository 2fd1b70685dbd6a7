"""The folders of the checkout that tests need."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "migrations"
NPM = ROOT / "tests" / "npm"

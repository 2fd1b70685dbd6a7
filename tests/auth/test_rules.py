"""What usernames, passwords, names and customer ids may look like."""

from collections.abc import Callable

import pytest

from app.auth.rules import customer_id_flaw, name_flaw, password_flaw, username_flaw


@pytest.mark.parametrize("username", ["a", "ada", "Ada.L", "ada+shop@example.com", "a_b-c", "7of9", "x" * 64])
def test_good_usernames(username: str) -> None:
    assert username_flaw(username) is None


@pytest.mark.parametrize(
    ("username", "flaw"),
    [
        ("", "is empty"),
        ("x" * 65, "has 65 characters; at most 64"),
        ("a b", "may only have letters"),
        ("ädä", "may only have letters"),
        (".ada", "begins with a letter or digit"),
        ("ada\n", "may only have letters"),
        ("a\0da", "may only have letters"),
        ("а", "may only have letters"),  # Cyrillic, and looks like the Latin one
    ],
)
def test_bad_usernames(username: str, flaw: str) -> None:
    assert flaw in (username_flaw(username) or "")


@pytest.mark.parametrize(
    "password",
    ["correct horse", "twelve chars", " spaces are fine ", "pässwörter gehn", "密码密码一二三四五六七八", "x1y2z" * 25],
)
def test_good_passwords(password: str) -> None:
    assert password_flaw(password, "ada") is None


@pytest.mark.parametrize(
    ("password", "flaw"),
    [
        ("", "has 0 characters; at least 12 are needed"),
        ("eleven char", "has 11 characters; at least 12 are needed"),
        ("x1y2z" * 25 + "abcd", "has 129 characters; at most 128 are allowed"),
        ("aaaaaaaaaaaa", "repeats a few characters"),
        ("            ", "repeats a few characters"),
        ("Ada.Lovelace", "is the username"),
        ("tab\tbetween words", "is not text"),
        ("two\nlines of text", "is not text"),
        ("not \udcff decoded", "is not text"),
    ],
)
def test_bad_passwords(password: str, flaw: str) -> None:
    told = password_flaw(password, "ada.lovelace") or ""
    assert flaw in told
    assert not password.strip() or password not in told


@pytest.mark.parametrize("check", [name_flaw, customer_id_flaw])
@pytest.mark.parametrize("text", ["", " ", " x", "x ", "x" * 121, "a\tb", "\udcff"])
def test_bad_names_and_customer_ids(check: Callable[[str], str | None], text: str) -> None:
    assert check(text)


def test_names_and_customer_ids_take_every_script() -> None:
    assert name_flaw("Zoë Østergård 王") is None
    assert customer_id_flaw("Kunde 12/7 ü") is None

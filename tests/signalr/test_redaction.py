"""No token is readable in what is logged, however it is written, and no text takes long to check."""

import pytest

from app.signalr.redaction import redact

# Not random, so that every process that runs these tests finds them under the same names.
HEADER, CLAIMS, SIGNATURE = "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhZGEifQ", "GdGSCU6qvXjN8YJ8oagXvwAbvX8d71uwT61utPbWVgs"
TOKEN = f"{HEADER}.{CLAIMS}.{SIGNATURE}"
ENCODED = "%65" + TOKEN[1:]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("/hubs/orders?id=a&access_token=abc.def&x=1", "/hubs/orders?id=a&access_token=[redacted]&x=1"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"),
        ("the bearer of good news", "the bearer of good news"),
        ("nothing to hide, 100%25 sure", "nothing to hide, 100%25 sure"),
        ("/orders?q=50%20%25%20off", "/orders?q=50%20%25%20off"),
        (f"/{TOKEN}/x", "/[redacted]/x"),
        (f"foo-{TOKEN}", "foo-[redacted]"),
        ("/eyJ-access_token=abc", "/eyJ-access_token=[redacted]"),
        ("/eyJ/orders eyJ.", "/eyJ/orders eyJ."),
        (f"ACCESS_TOKEN={TOKEN}", "ACCESS_TOKEN=[redacted]"),
    ],
)
def test_tokens_are_replaced_and_the_rest_stays(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        f"/{ENCODED}",
        f"GET /h?access%5Ftoken={TOKEN} HTTP/1.1",
        f"/h?%61ccess_token={SIGNATURE}",
        f"/login?next=%2Fh%3Faccess_token%3D{SIGNATURE}",
        f"/login?next=%252Fh%253Faccess_token%253D{SIGNATURE}",
        f"/x?authorization=Bearer%20{SIGNATURE}",
        f"Bearer %41{SIGNATURE}",
        f"/{HEADER}%2E{CLAIMS}%2E{SIGNATURE}",
        f'{{"url": "/{ENCODED}", "a": "100%"}}',
    ],
)
def test_percent_encoded_tokens_are_replaced_too(text: str) -> None:
    result = redact(text)
    assert SIGNATURE not in result
    assert "[redacted]" in result


@pytest.mark.parametrize("text", ["/a%20b", "/eyJ%2D", f"access_token={TOKEN}&q=%41%42%43%44", f"/{ENCODED} and"])
def test_redacting_twice_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "part",
    ["eyJ-", "eyJ.", "eyJ.-", "eyJ.eyJ ", "-eyJ", "bearer ", "bearer" + " " * 50, "%65yJ-", "%25", "eyJ-%", "%\n"],
)
def test_the_time_grows_with_the_length_alone(part: str) -> None:
    """A quadratic pattern needs hours for this text, and the time limit of a test ends it."""
    repeated = part * (2_000_000 // len(part))
    redact(repeated)

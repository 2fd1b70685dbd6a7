"""Access tokens for made-up people."""

import hmac
import json
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any


class TokenMint:
    """Makes tokens like a sample that `waybill token` printed, for any subject, signed with the same secret (HS256)."""

    def __init__(self, sample: str, secret: str) -> None:
        self._header, claims, _ = sample.split(".")
        self._claims: dict[str, Any] = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        self._secret = secret.encode()

    def issue(self, subject: str, role: str) -> str:
        """A token for the subject, as good for as long as the sample."""
        claims = self._claims | {"sub": subject, "name": subject, "role": role, "jti": uuid.uuid4().hex}
        signed = f"{self._header}.{_base64url(json.dumps(claims).encode())}"
        return f"{signed}.{_base64url(hmac.digest(self._secret, signed.encode(), 'sha256'))}"


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

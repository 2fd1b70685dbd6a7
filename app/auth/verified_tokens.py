"""The memory of tokens that were verified, so that a signature is checked once and not with every request."""

import hashlib
import time
from collections.abc import Callable

from app.auth.principal import Principal

# Two generations of this many take about 3 MB at most. A token that was forgotten is verified again.
GENERATION = 4096


class VerifiedTokens:
    """Remembers the principals of verified tokens until the tokens expire, up to twice `generation` of them.

    The keys are digests, so that a dump of the memory gives no token away. A full young generation becomes the old one,
    and the old one is dropped. A token that is found in the old generation moves back to the young one, so the tokens
    in use stay.
    """

    def __init__(self, leeway: int, generation: int = GENERATION) -> None:
        self._leeway = leeway
        self._generation = generation
        self._young: dict[bytes, Principal] = {}
        self._old: dict[bytes, Principal] = {}

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def find(self, token: str) -> Principal | None:
        """Returns the principal of a token that was remembered and has not expired."""
        key = _digest(token)
        principal = self._young.get(key)
        if principal is None:
            principal = self._old.pop(key, None)
            if principal is None:
                return None
            self._put(key, principal)
        if int(time.time()) > principal.expires_at + self._leeway:
            del self._young[key]
            return None
        return principal

    def remember(self, token: str, principal: Principal) -> None:
        """Remembers that the token has just been verified as this principal's."""
        self._put(_digest(token), principal)

    def forget(self, matches: Callable[[Principal], bool]) -> None:
        """Forgets the tokens of all principals that match, so that each is verified anew when it comes again."""
        for generation in (self._young, self._old):
            for key in [key for key, principal in generation.items() if matches(principal)]:
                del generation[key]

    def _put(self, key: bytes, principal: Principal) -> None:
        if len(self._young) >= self._generation:
            self._old, self._young = self._young, {}
        self._young[key] = principal


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""Characters of UTF-8 in bytes that were cut anywhere."""


def whole_characters(data: bytes | bytearray) -> int:
    """How many bytes there are up to the last whole character; all of them if the end is not UTF-8 at all."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:  # the first byte of a character, which says how long it is
            size = _size(byte)
            return len(data) - back if size > back else len(data)
    return len(data)


def _size(first: int) -> int:
    """How long the character is that begins with this byte; 1 for a byte that begins none (RFC 3629, section 4)."""
    if 0xC2 <= first <= 0xDF:
        return 2
    if 0xE0 <= first <= 0xEF:
        return 3
    return 4 if 0xF0 <= first <= 0xF4 else 1

"""Characters of UTF-8 in bytes that were cut anywhere."""


def whole_characters(data: bytes | bytearray) -> int:
    """How many bytes there are up to the last whole character; all of them if the end is not UTF-8 at all."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:  # the first byte of a character, which says how long it is
            size = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
            return len(data) - back if size > back else len(data)
    return len(data)

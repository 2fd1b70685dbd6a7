"""Entity tags (RFC 9110 section 8.8.3) made of row versions."""


def strong_etag(version: int) -> str:
    """Returns the strong entity tag of a resource at this version, quotes included."""
    return f'"{version}"'

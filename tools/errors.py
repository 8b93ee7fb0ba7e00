class PackagingError(Exception):
    """The package cannot be built, or must not be used; the text says what is wrong with which file."""

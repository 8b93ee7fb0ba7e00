"""`splunk.util`: the two helpers that splunktaucclib imports."""

import calendar

_TRUE = {"1", "true", "t", "yes", "y", "on", "enabled"}
_FALSE = {"0", "false", "f", "no", "n", "off", "disabled"}


def normalizeBoolean(value, enableStrictMode=False, includeIntegers=True):
    """The boolean a conf value means; any other value unchanged, or ValueError in strict mode."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE and (includeIntegers or not text.isdigit()):
        return True
    if text in _FALSE and (includeIntegers or not text.isdigit()):
        return False
    if enableStrictMode:
        raise ValueError(f"cannot read {value!r} as a boolean")
    return value


def mktimegm(parts):
    """Epoch seconds of a UTC time tuple."""
    return calendar.timegm(parts)

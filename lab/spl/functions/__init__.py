"""The eval functions, a module a family, as the Search Reference groups them."""

from lab.spl.functions import (  # noqa: F401  each registers its functions
    bitwise,
    conditional,
    conversion,
    cryptographic,
    date_time,
    informational,
    json_changes,
    json_functions,
    lookup,
    mathematical,
    multivalue,
    printf,
    statistical,
    text,
    trigonometric,
)
from lab.spl.functions.registry import FUNCTIONS

__all__ = ["FUNCTIONS", "REFUSED"]

REFUSED = ("cluster",)  # documented, but the lab has none of it: Unsupported, not unknown

"""The eval functions, a module a family, as the Search Reference groups them."""

from lab.spl.functions import (  # noqa: F401  each registers its functions
    bitwise,
    conditional,
    conversion,
    cryptographic,
    date_time,
    informational,
    json_functions,
    mathematical,
    multivalue,
    statistical,
    text,
    trigonometric,
)
from lab.spl.functions.registry import FUNCTIONS

__all__ = ["FUNCTIONS"]

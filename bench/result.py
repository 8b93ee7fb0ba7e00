"""What a benchmark says: figures, the goals they are held to, and whether they meet them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Dict


@dataclass(frozen=True)
class Result:
    """`figures` by name; `at_least` and `at_most` name those that have a goal."""

    name: str
    python: str
    figures: Dict[str, float]
    at_least: Dict[str, float]
    at_most: Dict[str, float]

    @property
    def goal(self) -> Dict[str, str]:
        return {
            **{figure: f">= {bound:g}" for figure, bound in self.at_least.items()},
            **{figure: f"<= {bound:g}" for figure, bound in self.at_most.items()},
        }

    def meets(self, figure: str) -> bool:
        """Whether one figure meets its goal."""
        value, least, most = self.figures[figure], self.at_least.get(figure), self.at_most.get(figure)
        return (least is None or value >= least) and (most is None or value <= most)

    @property
    def met(self) -> bool:
        return all(map(self.meets, {**self.at_least, **self.at_most}))

    def as_json(self) -> str:
        return json.dumps(
            {"name": self.name, "python": self.python, "figures": self.figures, "goal": self.goal, "met": self.met}
        )

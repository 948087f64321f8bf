"""Results as a table and as JSON: what was measured, what it may be, and whether it is."""

from dataclasses import asdict, dataclass
from operator import ge, le


@dataclass(frozen=True)
class Result:
    """One figure. `limit` is what it must not pass, in the direction of `at_least`; None where none is promised."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def good(self) -> bool:
        """Whether the figure keeps its limit."""
        return self.limit is None or (ge if self.at_least else le)(self.value, self.limit)


def table(results: list[Result]) -> str:
    """Return the results as text, a line each."""
    lines = [f"{'':58}{'measured':>12}  {'limit':>10}"]
    for one in results:
        limit = "" if one.limit is None else f"{'≥' if one.at_least else '≤'} {one.limit:g}"
        verdict = "" if one.limit is None else ("kept" if one.good else "NOT KEPT")
        figure = f"{one.value:.3g} {one.unit}".strip() if one.value < 1000 else f"{one.value:,.0f} {one.unit}".strip()
        lines.append(f"{one.name:58}{figure:>12}  {limit:>10}  {verdict:8}  {one.note}".rstrip())
    return "\n".join(lines)


def as_json(results: list[Result]) -> list[dict[str, object]]:
    """Return the results for a machine to read."""
    return [asdict(one) | {"good": one.good} for one in results]

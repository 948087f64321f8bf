"""`python -m bench`: builds a database of its own in var/bench, measures, prints figures beside their limits."""

import argparse
import json
import sys
from pathlib import Path

from . import instructions, pages, queries, retention, rights, world
from .report import Result, as_json, table

PARTS = ("pages", "queries", "rights", "retention", "instructions")


def main() -> int:
    """Measure what was asked; return 0 where every limit is kept."""
    asked = arguments()
    results: list[Result] = []
    with world.running() as server:
        small, usual, large = (
            world.build(server, min(size, asked.people)) for size in (world.SMALL, world.USUAL, asked.people)
        )
        if "pages" in asked.only:
            results += pages.measure(usual, asked.rounds, asked.seconds)
        if "queries" in asked.only:
            results += queries.measure(small, large, asked.searches)
        if "rights" in asked.only:
            results += rights.measure(server)
        if "retention" in asked.only:
            results += retention.measure(large, asked.people)
        if "instructions" in asked.only:
            results += instructions.measure(usual, asked.renew)
    print(table(results))
    if asked.json:
        asked.json.write_text(json.dumps(as_json(results), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(one.good for one in results) else 1


def arguments() -> argparse.Namespace:
    """Read the command line. A short run: `python -m bench --people 10000 --rounds 1 --seconds 2`."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="members of the largest portal")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each page; the median counts")
    parser.add_argument("--seconds", type=float, default=4, help="how long a turn takes, at most 60")
    parser.add_argument("--searches", type=int, default=500, help="searches, each with and without row-level security")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--renew", metavar="REASON", help="write a new baseline of instructions, because of this")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

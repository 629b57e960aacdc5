"""Writes the oracle fixtures in test/fixtures/oracles, or checks that they still are what the packages say.

Usage: generate.py [--check]; packages as in requirements.txt, in a virtual environment outside the repository.
Numbers: finite ones with 12 significant digits, null for "not yet", the strings NaN and ±Infinity for answers.
"""

import json
import math
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from calendar_oracle import calendar
from cost_oracle import costs
from indicator_oracle import indicators
from metric_oracle import metrics

FOLDER = Path(__file__).parent.parent / "fixtures" / "oracles"
SOURCE = "written by test/oracles/generate.py from series it makes up itself"
RELATIVE_TOLERANCE = 1e-9
ABSOLUTE_TOLERANCE = 1e-13
PARTS = {
    "indicators": (indicators, ["TA-Lib", "numpy", "pandas"], None),
    "metrics": (metrics, ["empyrical-reloaded", "quantstats", "numpy", "pandas", "scipy"], "NaN"),
    "calendar": (calendar, ["exchange_calendars"], None),
    "costs": (costs, ["exchange_calendars"], None),
}


def main(arguments):
    check = arguments == ["--check"]
    if arguments and not check:
        sys.exit(f"unknown arguments {arguments}; usage: generate.py [--check]")
    print(f"Python {platform.python_version()}")
    differences = []
    for name, (ask, packages, missing) in PARTS.items():
        versions = {package: version(package) for package in packages}
        print(f"{name}: {', '.join(f'{package} {number}' for package, number in versions.items())}")
        fixture = {"source": SOURCE, "versions": versions, **plain(ask(), missing)}
        path = FOLDER / f"{name}.json"
        if check:
            differences += compare(json.loads(path.read_text()), fixture, name)
        else:
            path.write_text(text_of(fixture) + "\n")
    for difference in differences[:20]:
        print(difference)
    passed = len(PARTS) - len({difference.split(".")[0] for difference in differences})
    if check:
        print(f"oracles: {passed} passed, {len(PARTS) - passed} failed")
    return 1 if differences else 0


def plain(value, missing):
    """JSON values: numpy's types become Python's, floats get 12 significant digits; `missing` stands for NaN."""
    if isinstance(value, dict):
        return {key: plain(item, missing) for key, item in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item, missing) for item in value]
    if not isinstance(value, float):
        return value
    if math.isnan(value):
        return missing
    return float(f"{value:.12g}") if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def compare(stored, fresh, path):
    """Where a fixture and the packages disagree beyond the last digits."""
    if isinstance(stored, dict) and isinstance(fresh, dict) and stored.keys() == fresh.keys():
        return [line for key in stored for line in compare(stored[key], fresh[key], f"{path}.{key}")]
    if isinstance(stored, list) and isinstance(fresh, list) and len(stored) == len(fresh):
        return [line for i, item in enumerate(stored) for line in compare(item, fresh[i], f"{path}.{i}")]
    if isinstance(stored, int | float) and isinstance(fresh, int | float):
        same = math.isclose(stored, fresh, rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE)
    else:
        same = stored == fresh
    return [] if same else [f"{path}: the fixture says {stored}, the packages say {fresh}"]


def text_of(value, indent=0):
    """JSON with one line per list of plain values, so that a difference shows where it is."""
    pad = " " * (indent + 1)
    if isinstance(value, dict) and value:
        rows = [f"{pad}{json.dumps(key)}: {text_of(item, indent + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        rows = [f"{pad}{text_of(item, indent + 1)}" for item in value]
        return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

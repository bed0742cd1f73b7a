"""The floor: what any Python tool pays before it has compared anything. Read the file, parse it, lower-case the texts.

python -m benchmarks.speed.floor stories.jsonl
"""

import sys

import orjson


def main(path: str) -> None:
    """Read, parse, lower-case; nothing is kept."""
    with open(path, "rb") as file:
        for line in file:
            orjson.loads(line)["text"].lower()


if __name__ == "__main__":
    main(sys.argv[1])

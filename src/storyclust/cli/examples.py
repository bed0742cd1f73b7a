"""Examples of every command, as rows: what for, and the line to type.

They work as they stand, from top to bottom, on the newsroom that ``storyclust demo --write newsroom`` leaves. A test
runs them all.
"""

from __future__ import annotations

from rich.markup import escape

NEWSROOM = "newsroom/stories.jsonl"

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "demo": (
        ("See what it does, on 243 invented stories", "storyclust demo"),
        ("The same as a page to look at in a browser", "storyclust demo --report report.html"),
        ("Leave them as files, to try the other commands on", "storyclust demo --write newsroom"),
        ("Make a wire of any length", "storyclust demo --write wire --wire 500 --seed 7"),
    ),
    "cluster": (
        ("Which stories are the same", f"storyclust cluster {NEWSROOM} -o assignments.jsonl"),
        (
            "With the evidence, the clusters, and figures as JSON",
            f"storyclust cluster {NEWSROOM} -o assignments.csv --links links.jsonl --clusters clusters.jsonl "
            "--summary summary.json",
        ),
        (
            "Copies alone, from a pipe",
            f"cat {NEWSROOM} | storyclust cluster - -o - --level copy --quiet > copies.jsonl",
        ),
        (
            "With columns of other names, keeping aside what cannot be used",
            "storyclust cluster export.csv -o assignments.jsonl --id url --text body --on-error skip "
            "--rejects rejects.jsonl",
        ),
    ),
    "spark-cluster": (
        ("Cluster on this machine, or with spark-submit on many", f"storyclust spark-cluster {NEWSROOM} -o clusters"),
    ),
    "dedup": (
        ("What would be saved", f"storyclust dedup {NEWSROOM} --dry-run"),
        ("The records to keep, as they came", f"storyclust dedup {NEWSROOM} -o kept.jsonl --removed removed.jsonl"),
        (
            "One of each story, the earliest, one outlet before others",
            f'storyclust dedup {NEWSROOM} -o first.jsonl --level partial --keep earliest --prefer "Quillon Wire"',
        ),
    ),
    "match": (
        (
            "Which of today's stories are in the archive",
            f"head -50 {NEWSROOM} | storyclust match - --against {NEWSROOM} -o matches.jsonl --links matched.jsonl",
        ),
    ),
    "split": (
        (
            "Take a page apart, and cluster what is on it",
            "storyclust split page.txt -o - | storyclust cluster - -o assignments.jsonl",
        ),
        ("See what was dropped", "storyclust split page.txt -o stories.jsonl --dropped dropped.jsonl"),
    ),
    "explain": (
        ("Why two stories are linked", f"storyclust explain {NEWSROOM} dovrel-recall skarrow-echo-recall"),
        (
            "Why two are not, passages whole, in colour through a pager",
            f"FORCE_COLOR=1 storyclust explain {NEWSROOM} delmora-pensions ambry-observer-pensions --full | less -R",
        ),
        (
            "For a program",
            f"storyclust explain {NEWSROOM} corvane-ferry marrek-courier-ferry --json > explanation.json",
        ),
    ),
    "score": (
        ("Links against labelled pairs", "storyclust score links.jsonl newsroom/pairs.tsv"),
        ("Assignments against true clusters", "storyclust score assignments.csv newsroom/truth.jsonl"),
    ),
    "tune": (
        (
            "First links with loose thresholds, in which the pairs you labelled are found",
            f"storyclust cluster {NEWSROOM} -o loose.jsonl --links loose-links.jsonl --set sentence_words=12 "
            "--set partial_words=12 --set version_share=0.02 --set copy_share=0.02 --set alike=0",
        ),
        ("Then thresholds", "storyclust tune loose-links.jsonl newsroom/pairs.tsv -o settings.json"),
        ("And clusters by them", f"storyclust cluster {NEWSROOM} -o tuned.jsonl --settings settings.json"),
    ),
    "index create": (
        ("An index of its own settings", "storyclust index create wire.storyclust --set window_days=14"),
        (
            "With what a batch job learned",
            f"storyclust cluster {NEWSROOM} -o assignments.jsonl --save-profile wire.profile && "
            "storyclust index create learned.storyclust --profile wire.profile",
        ),
    ),
    "index add": (
        ("From files, in bulk", f"storyclust index add wire.storyclust {NEWSROOM}"),
        (
            "From a pipe: the first of each story",
            f"""tail -50 {NEWSROOM} | storyclust index add learned.storyclust - | grep '"size":1,'""",
        ),
    ),
    "index query": (
        ("Whether a draft has been run", "storyclust index query wire.storyclust draft.txt"),
        ("The same from a pipe", "cat draft.txt | storyclust index query wire.storyclust"),
    ),
    "index cluster-of": (("", "storyclust index cluster-of wire.storyclust skarrow-echo-recall"),),
    "index explain": (("", "storyclust index explain wire.storyclust dovrel-recall skarrow-echo-recall"),),
    "index changes": (
        ("All", "storyclust index changes wire.storyclust"),
        ("What is new to you", "storyclust index changes wire.storyclust --since 300"),
    ),
    "index stats": (("", "storyclust index stats wire.storyclust"),),
    "index clusters": (("", "storyclust index clusters wire.storyclust -o clusters.jsonl"),),
    "index assignments": (("", "storyclust index assignments wire.storyclust -o assignments.jsonl"),),
    "index export": (("", "storyclust index export wire.storyclust stories.jsonl.gz"),),
    "index expire": (("", "storyclust index expire wire.storyclust --before 2026-03-10"),),
    "index remove": (("", "storyclust index remove wire.storyclust lannow-post-chess dovrel-recall"),),
    "index refresh": (("", "storyclust index refresh wire.storyclust"),),
    "index verify": (("", "storyclust index verify wire.storyclust"),),
    "index compact": (("", "storyclust index compact wire.storyclust"),),
    "index backup": (("", "storyclust index backup wire.storyclust wire-monday.storyclust"),),
    "index upgrade": (("", "storyclust index upgrade wire.storyclust"),),
}


def shown_below(command: str) -> str:
    """The examples of a command, as its help ends with them."""
    rows = EXAMPLES[command]
    heading = "Example" if len(rows) == 1 else "Examples"
    shown = (f"{what}:\n  [bold]{escape(line)}[/]" if what else f"  [bold]{escape(line)}[/]" for what, line in rows)
    return "\n\n".join((f"{heading}, after storyclust demo --write newsroom", *shown))

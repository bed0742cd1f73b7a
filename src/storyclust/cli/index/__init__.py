"""``storyclust index``: an index from the command line, with the verbs of `storyclust.StoryIndex`."""

from storyclust.cli.index.adding import add
from storyclust.cli.index.asking import changes, cluster_of, explain, query, stats
from storyclust.cli.index.creating import create
from storyclust.cli.index.keeping import backup, compact, expire, refresh, remove, upgrade, verify
from storyclust.cli.index.writing import assignments, clusters, export

INDEX_COMMANDS = (
    *(create, add, query, remove, expire, refresh),
    *(clusters, cluster_of, explain, changes, stats, assignments, export),
    *(verify, compact, backup, upgrade),
)

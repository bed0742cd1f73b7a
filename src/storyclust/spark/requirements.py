"""What Spark needs, and what to do where it is not there."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

from storyclust.errors import MissingDependencyError


def require_spark() -> None:
    """Make sure that pyspark, pandas and pyarrow can be imported.

    Raises
    ------
    MissingDependencyError
        If one is not installed.
    """
    missing = [name for name in ("pyspark", "pandas", "pyarrow") if find_spec(name) is None]
    if missing:
        raise MissingDependencyError(
            f"storyclust.spark needs {', '.join(missing)}, which cannot be imported. "
            'Install it with: pip install "storyclust[spark]"'
        )


def require_java() -> None:
    """Make sure that a session can be started here.

    Raises
    ------
    MissingDependencyError
        If there is no Java.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=os.path.join(home, "bin")) if home else shutil.which("java")
    if found is None:
        where = f"JAVA_HOME, {home}," if home else "PATH"
        raise MissingDependencyError(
            f"Spark needs Java 17 or 21, and {where} has no java. Install one, for example with: "
            "apt-get install openjdk-17-jre-headless"
        )

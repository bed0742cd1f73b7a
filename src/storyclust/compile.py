"""One way to compile a kernel: Numba, without the GIL, cached where the cache cannot go stale.

Numba's own cache is named by the time stamp of the file a function stands in. It misses a change
in a helper from another file, and it raises at import where neither the package nor the home folder
can be written. So every kernel is compiled through `kernel`: the cache lies in a folder named by a
digest of *all* kernel sources, Numba, NumPy and the CPU, and where no folder can be written the
kernels are compiled for this process alone, with one warning.

Kernels sit in files whose name ends in ``_kernels.py``. No ``parallel=True`` anywhere: its thread pool
kills children after a fork. Our own threads run the kernels side by side.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import threading
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding
import numba
import numba.core.config
import numpy as np
import platformdirs

logger = logging.getLogger("storyclust")

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent
_CACHE_DIR_LOCK = threading.Lock()


def kernel(function: Function) -> Function:
    """Compile a function on its first call, without the GIL, and cache the machine code.

    >>> @kernel
    ... def doubled(number):
    ...     return number + number
    >>> doubled(21)
    42
    """
    dispatcher = numba.njit(nogil=True, error_model="numpy")(function)
    folder = cache_folder()
    if folder is not None and function.__code__.co_filename.startswith(str(_PACKAGE)):
        # Numba reads its cache folder from a global, and only while caching is switched on.
        with _CACHE_DIR_LOCK:
            config: Any = numba.core.config
            before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
            try:
                dispatcher.enable_caching()
            finally:
                config.CACHE_DIR = before
    return cast(Function, dispatcher)


@cache
def cache_folder() -> Path | None:
    """The folder that holds the machine code of exactly these sources; None where none can be written."""
    name = f"kernels-{sources_digest()}"
    homes = [_PACKAGE / "__pycache__", Path(platformdirs.user_cache_dir("storyclust"))]
    for home in homes:
        if (folder := home / name).is_dir() and os.access(folder, os.R_OK | os.W_OK):
            return folder
    for home in homes:
        if _writable(home):
            logger.info("compiling the kernels, once for this installation: this takes a minute or two")
            (home / name).mkdir(exist_ok=True)
            return home / name
    warnings.warn(
        f"storyclust cannot write its compiled kernels to {homes[0]} or {homes[1]}, so every process compiles them "
        "again, a minute or two each; make one of the two writable",
        RuntimeWarning,
        stacklevel=2,
    )
    return None


def sources_digest() -> str:
    """Names the kernel sources and everything else the machine code depends on; 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*_kernels.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    cpu = llvmlite.binding.get_host_cpu_name(), str(llvmlite.binding.get_host_cpu_features())
    machine = (numba.__version__, np.__version__, *cpu)
    digest.update("\0".join(machine).encode())
    return digest.hexdigest()[:16]


def _writable(home: Path) -> bool:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return True
    except OSError:
        return False

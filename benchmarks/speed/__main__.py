"""`python -m benchmarks.speed`."""

import sys

from .run import main

sys.exit(main())

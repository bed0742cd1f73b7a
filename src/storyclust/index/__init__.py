"""The same stages fed a few stories at a time, kept on disk."""

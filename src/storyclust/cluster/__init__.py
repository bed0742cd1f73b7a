"""Which stories are one, and which of them to keep."""

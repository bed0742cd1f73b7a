"""Which stories share text: candidates, passages, links and why."""

"""The speed benchmark: storyclust and its rivals on one synthetic wire, timed together with the score they reach."""

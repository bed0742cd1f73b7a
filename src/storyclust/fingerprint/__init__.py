"""What a story is found by: shingles, signatures, window fingerprints."""

"""From texts to words: hashes, places, and which words are narrated."""

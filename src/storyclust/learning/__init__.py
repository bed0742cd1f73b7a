"""What a corpus teaches about its stories: which lines and passages everyone uses, and which words are rare."""

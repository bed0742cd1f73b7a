"""What newsrooms and the web write: items with their metadata, one file a format."""

"""W&B's own search engine beside ours."""

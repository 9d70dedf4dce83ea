"""What a program reads of a trial's config and of its arguments."""

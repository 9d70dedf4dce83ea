"""What is done with a whole data folder: export, import, removing what is not needed."""

"""What the project's sweep will take."""

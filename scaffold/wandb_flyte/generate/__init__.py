"""An objective and a sweep config become a project. Nothing here prints, asks or exits."""

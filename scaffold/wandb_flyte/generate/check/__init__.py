"""What is wrong with a sweep config and its code, found by reading the two."""

from .checking import check_files
from .here import CheckResult, check_here

__all__ = ["CheckResult", "check_files", "check_here"]

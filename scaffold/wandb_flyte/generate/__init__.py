"""An objective and a sweep config become a project. Nothing here prints, asks or exits."""

from .git import GitOutcome
from .names import check_project_name, package_name, suggest_name
from .new import CreatedProject, new_project
from .objective import ObjectiveRef
from .plan import NewProject
from .starters import Starter, find_starter, list_starters

__all__ = [
    "CreatedProject",
    "GitOutcome",
    "NewProject",
    "ObjectiveRef",
    "Starter",
    "check_project_name",
    "find_starter",
    "list_starters",
    "new_project",
    "package_name",
    "suggest_name",
]

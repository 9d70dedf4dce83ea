"""An objective and a sweep config become a project. Nothing here prints, asks or exits."""

from .changes import FileChange
from .drift import Drift, Drifts, find_drift, restore_file
from .fleet import FleetMember, update_all
from .git import GitOutcome
from .names import check_project_name, package_name, suggest_name
from .new import CreatedProject, new_project
from .objective import ObjectiveRef
from .plan import NewProject
from .starters import Starter, find_starter, list_starters
from .update import UpdatedProject, UpdatePlan, plan_update, update_project

__all__ = [
    "CreatedProject",
    "Drift",
    "Drifts",
    "FileChange",
    "FleetMember",
    "GitOutcome",
    "NewProject",
    "ObjectiveRef",
    "Starter",
    "UpdatePlan",
    "UpdatedProject",
    "check_project_name",
    "find_drift",
    "find_starter",
    "list_starters",
    "new_project",
    "package_name",
    "plan_update",
    "restore_file",
    "suggest_name",
    "update_all",
    "update_project",
]

"""An objective and a sweep config become a project. Nothing here prints, asks or exits."""

from .answers import is_generated
from .changes import FileChange
from .drift import Drift, Drifts, find_drift, restore_file
from .git import GitOutcome
from .names import check_project_name, package_name, suggest_name
from .new import CreatedProject, new_project
from .objective import ObjectiveRef
from .plan import NewProject
from .provenance import Layer, Provenance, find_provenance
from .starters import Starter, find_starter, list_starters
from .update import UpdatedProject, UpdatePlan, plan_update, update_project

__all__ = [
    "CreatedProject",
    "Drift",
    "Drifts",
    "FileChange",
    "GitOutcome",
    "Layer",
    "NewProject",
    "ObjectiveRef",
    "Provenance",
    "Starter",
    "UpdatePlan",
    "UpdatedProject",
    "check_project_name",
    "find_drift",
    "find_provenance",
    "find_starter",
    "is_generated",
    "list_starters",
    "new_project",
    "package_name",
    "plan_update",
    "restore_file",
    "suggest_name",
    "update_project",
]

"""An objective and a sweep config become a project. Nothing here prints, asks or exits."""

from .answers import is_generated
from .apply import undo_killed_update
from .changes import FileChange
from .drift import Drift, Drifts, find_drift, restore_file
from .fleet import FleetMember, update_all
from .git import GitOutcome
from .kits.check import Step as KitStep
from .kits.check import check_kit
from .kits.known import KnownKit, known_kits
from .kits.make import CreatedKit, new_kit
from .kits.merge import merge as merge_kits
from .kits.model import Kit
from .kits.read import wanted_kits
from .names import check_project_name, package_name, suggest_name
from .new import CreatedProject, new_project
from .objective import ObjectiveRef
from .plan import NewProject
from .provenance import Layer, Provenance, find_provenance
from .starters import Starter, find_starter, list_starters
from .update import UpdatedProject, UpdatePlan, plan_update, update_project

__all__ = [
    "CreatedKit",
    "CreatedProject",
    "Drift",
    "Drifts",
    "FileChange",
    "FleetMember",
    "GitOutcome",
    "Kit",
    "KitStep",
    "KnownKit",
    "Layer",
    "NewProject",
    "ObjectiveRef",
    "Provenance",
    "Starter",
    "UpdatePlan",
    "UpdatedProject",
    "check_kit",
    "check_project_name",
    "find_drift",
    "find_provenance",
    "find_starter",
    "is_generated",
    "known_kits",
    "list_starters",
    "merge_kits",
    "new_kit",
    "new_project",
    "package_name",
    "plan_update",
    "restore_file",
    "suggest_name",
    "undo_killed_update",
    "update_all",
    "update_project",
    "wanted_kits",
]

"""What Optuna's TPE sees of a study. Loads Optuna: import it where it is used."""

from __future__ import annotations

import copy
from collections.abc import Container, Mapping, Sequence
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.samplers import TPESampler
from optuna.storages import InMemoryStorage
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState


class ShownStorage(InMemoryStorage):
    """A study of which the sampler sees only the trials in `shown`, by number."""

    shown: Sequence[int] = ()

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        """The trials that are shown, in the order of their numbers."""
        kept = super().get_all_trials(study_id, deepcopy=False)
        found = [kept[number] for number in self.shown]
        found = [trial for trial in found if states is None or trial.state in states]
        return copy.deepcopy(found) if deepcopy else found


class KnownSpaceSampler(TPESampler):
    """TPE on a search space that it need not work out from the trials."""

    def __init__(self, space: Mapping[str, BaseDistribution], seed: int) -> None:
        super().__init__(multivariate=True, constant_liar=True, n_startup_trials=1, seed=seed)
        self._space = dict(space)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, Any]:
        """The search space that it was told."""
        return dict(self._space)

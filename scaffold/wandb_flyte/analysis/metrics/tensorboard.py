"""What reaches W&B by TensorBoard's files, with `sync_tensorboard`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Set
from typing import NamedTuple

from wandb_flyte.analysis.source.kinds import argument, called_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.spec import dotted

from .log_keys import KeyReader

# What reaches W&B by `sync_tensorboard` alone.
TENSORBOARD = frozenset({"SummaryWriter", "add_scalar", "add_scalars", "sync_tensorboard"})
# Packages that write TensorBoard's files under names of their own.
WRITE = frozenset(
    {
        *("catboost", "keras", "ray", "sb3_contrib", "skrl", "stable_baselines3", "tensorboard"),
        *("tensorboardX", "tensorflow", "tianshou", "torchrl", "transformers", "ultralytics"),
    }
)
# Others that do, each by a class of its own that the program has to ask for.
_MAY_WRITE = frozenset(
    {
        *("acme", "accelerate", "allennlp", "catalyst", "d3rlpy", "deepspeed", "detectron2"),
        *("dopamine", "elegantrl", "espnet", "experiment_buddy", "fairseq", "fastai", "flair"),
        *("garage", "ignite", "lightning", "mbrl", "mmcv", "mmengine", "monai", "nemo", "pfrl"),
        *("pytorch_lightning", "rl_games", "rl_zoo3", "rsl_rl", "sentence_transformers"),
        *("speechbrain", "stable_baselines", "tensorforce", "tflearn", "trl", "xuance"),
    }
)
LIGHTNING = frozenset({"lightning", "pytorch_lightning"})
# What writes only what it is told to.
_TOLD = frozenset({"tensorboard", "tensorboardX"})
# What Stable-Baselines3 writes by itself: its algorithms, and `EvalCallback`.
_SB3 = (
    *("rollout/ep_len_mean", "rollout/ep_rew_mean", "rollout/exploration_rate"),
    *("rollout/success_rate", "time/.*", "train/.*", "global_step"),
)
_SB3_EVALUATES = ("eval/mean_ep_length", "eval/mean_reward", "eval/success_rate")
_OF_SB3 = frozenset({"sb3_contrib", "stable_baselines3"})
_RECORDS = frozenset({"record", "record_mean"})


class Tag(NamedTuple):
    """What one call writes.

    Attributes:
        patterns: The names, as regular expressions.
        node: The call.
        scope: The scope around it.
    """

    patterns: set[str]
    node: ast.Call
    scope: Scope


def written_tags(flow: Flow, keys: KeyReader, packages: Set[str]) -> list[Tag] | None:
    """The names that a program writes to TensorBoard's files; None where others may come.

    Args:
        flow: The program.
        keys: Reads the names.
        packages: The packages that it imports.
    """
    others = packages & (WRITE | _MAY_WRITE) - _TOLD
    if not others <= _OF_SB3:
        return None
    by_sb3, found = bool(others), []
    for scope in flow.scopes.reached:
        for call in scope.calls:
            if called_name(call) == "add_hparams":
                return None
            if (read := _reader(call, scope, flow, by_sb3)) is None:
                continue
            patterns = read(keys, call, scope)
            if patterns is None or ".*" in patterns:
                return None
            found.append(Tag(patterns, call, scope))
    return found if found or by_sb3 else None


def by_stable_baselines(packages: Set[str], flow: Flow) -> Iterator[str]:
    """The names that Stable-Baselines3 writes by itself, as regular expressions."""
    is_used = bool(packages & _OF_SB3)
    yield from _SB3 if is_used else ()
    yield from _SB3_EVALUATES if is_used and _may_evaluate(flow) else ()
    yield from ("rollout/.*",) if "sb3_contrib" in packages else ()


def _may_evaluate(flow: Flow) -> bool:
    """Whether something makes a callback that evaluates, and gives it on."""
    bases = (base for many in flow.scopes.classes.values() for one in many for base in one.bases)
    if any("Eval" in dotted(base) for base in bases):
        return True
    for scope in flow.scopes.everywhere:
        # Older versions take what they evaluate with in `learn` itself.
        if any(called_name(c) == "learn" and _has(c, "eval_env") for c in scope.calls):
            return True
        for node in scope.each(ast.Attribute, ast.Constant, ast.Name):
            word = getattr(node, "id", getattr(node, "attr", text(node))) or ""
            if "EvalCallback" in word and not _is_left(node, scope, flow):
                return True
    return False


def _has(call: ast.Call, name: str) -> bool:
    return any(keyword.arg in (name, None) for keyword in call.keywords)


def _is_left(node: ast.AST, scope: Scope, flow: Flow) -> bool:
    """Whether a class is only called for an object under a name that nothing asks for."""
    call = flow.scopes.parents.get(id(node))
    bound = flow.scopes.parents.get(id(call))
    is_made = isinstance(call, ast.Call) and call.func is node and scope.node is not None
    if not is_made or not isinstance(bound, ast.Assign) or len(bound.targets) > 1:
        return False
    target = bound.targets[0]
    return isinstance(target, ast.Name) and target.id not in scope.loads


def names_writer(named: Set[str]) -> bool:
    """Whether some code has a writer of TensorBoard's files beside Lightning's.

    Args:
        named: The names and texts in it.
    """
    others = named - {"sync_tensorboard", "TensorBoardLogger"}
    return any("tensorboard" in one.lower() or one in TENSORBOARD for one in others)


_Read = Callable[[KeyReader, ast.Call, Scope], set[str] | None]


def _reader(call: ast.Call, scope: Scope, flow: Flow, by_sb3: bool) -> _Read | None:
    """What reads the names of a call that writes; None for any other call."""
    name = called_name(call)
    if not isinstance(call.func, ast.Attribute) or flow.scopes.resolve(call.func, scope):
        return None
    if name == "add_scalar":
        return lambda keys, call, scope: keys.texts(argument(call, "tag"), scope)
    if name == "add_scalars":
        return _of_several
    if by_sb3 and name in _RECORDS:
        return lambda keys, call, scope: keys.texts(argument(call, "key"), scope)
    return None


def _of_several(keys: KeyReader, call: ast.Call, scope: Scope) -> set[str] | None:
    """`add_scalars("loss", {"train": ...})`: the names are in folders of their own."""
    main = keys.texts(argument(call, "main_tag"), scope)
    return None if main is None else {*main, *(f"{one}.*" for one in main)}

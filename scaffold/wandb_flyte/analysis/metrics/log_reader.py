"""The names under which a program logs, as far as its source shows them."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.source.kinds import (
    argument,
    asks_by_text,
    called_name,
    full_name,
    given,
    is_name,
    is_remark,
    root_name,
    text,
)
from wandb_flyte.analysis.source.makers import MAKERS
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.origins import Origins
from wandb_flyte.spec import dotted

from .hugging_face import RENAMED, evaluated_names, is_of_trainer
from .keras import CALLBACKS, is_keras, keras_names
from .log_calls import endings, first_given, is_accelerator, is_math, keywords
from .log_keys import KeyReader
from .log_values import is_log
from .logs import TRAINERS, Keys, Logs
from .tensorboard import (
    LIGHTNING,
    TENSORBOARD,
    WRITE,
    by_stable_baselines,
    names_writer,
    written_tags,
)

# Names from other packages that log by themselves, under names of their own.
_INTEGRATIONS = frozenset(
    {
        *("MlflowLogger", "Seq2SeqTrainingArguments", "SFTTrainer", "SummaryWriter", "Trainer"),
        *("TrainingArguments", "WandBCallback", "WandBLogger", "WandbCallback", "WandbLoggerHook"),
        *("WandbCheckpointCallback", "WandbEvalCallback", "WandbMetricsLogger", "WandbMonitor"),
        *("WandbModelCheckpoint", "WandbVisBackend", "YOLO", "add_scalar", "add_scalars"),
        "wandb_callback",
        *("autolog", "keras_callback", "lightgbm", "log_history", "log_metrics", "plot_metrics"),
        *("report_to", "sync_tensorboard", "wandb_log", "wandb_mixin"),
    }
)

# Classes that are named after W&B, but for those that log what they are given.
_OF_WANDB = re.compile(r"(?=[A-Z])(?!WandbLogger$).*Wand[bB]")

# Packages whose trainers report as Hugging Face's own do.
_TRAINING = frozenset(
    {"adapters", "optimum", "sentence_transformers", "setfit", "span_marker", "trl"}
)

_NAMING = (ast.Name, ast.Attribute, ast.Constant)
# Those that `report_to="none"` silences.
_TRAINERS = TRAINERS - {"report_to"}

# Packages that report to W&B by themselves, as their own configs say.
_REPORTING = frozenset(
    {
        *("allennlp", "axolotl", "composer", "fairseq", "flair", "mmcv", "mmdet"),
        *("mmengine", "mmpretrain", "mmseg", "nemo", "nnunetv2", "rl_zoo3", "sae_lens"),
        *("simpletransformers", "spacy", "torchtune", "transformer_lens", "verl", "yolox"),
    }
)

# What logs what it is given, in other packages.
_WRAPPED = frozenset({"log", "log_dict", "log_metric", "log_metrics", "log_scalar"})
# Calls that get the run, and log nothing of their own.
_LOOKS = frozenset({"WandbLogger", "bool", "callable", "cast", "hasattr", "isinstance", "print"})

# What of `wandb` logs nothing.
_SILENT = frozenset(
    {
        *("agent", "alert", "config", "define_metric", "ensure_configured", "finish", "init"),
        *("join", "link_artifact", "link_model", "log_artifact", "log_code", "log_model", "login"),
        *("mark_preempting", "plot", "plot_table", "require", "restore", "save", "setup", "sweep"),
        *("teardown", "termerror", "termlog", "termwarn", "unwatch", "use_artifact", "use_model"),
        "watch",
    }
)


class LogReader:
    """Collects what a program logs.

    Args:
        flow: The kinds of its expressions.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.logs = Logs()
        self._keys = KeyReader(flow)
        self._trainer_is_silent = False
        # Lightning's trainers, and what its modules give them to log.
        self._trainers: list[ast.Call] = []
        self._given_to_trainer: list[tuple[ast.Call, Scope]] = []
        self._named: set[str] = set()
        for scope in flow.scopes.reached:
            for node in scope.each(ast.Call, ast.Assign, ast.keyword, *_NAMING):
                self._visit(node, scope)
        origins = {o for one in flow.scopes.reached for o in one.module.outside.values()}
        packages = {one.partition(".")[0] for one in origins}
        self.logs.integrations |= _REPORTING & packages
        self.logs.mentions_wandb |= any("wandb" in name.lower() for name in self._named)
        # `wandb.tensorboard.patch()`; a setting that is put together elsewhere.
        synced = {"patch", "sync_tensorboard"} & (self._named | self.logs.integrations)
        if (self.logs.opens_run or "WandbLogger" in self._named) and not synced:
            self.logs.integrations -= TENSORBOARD
        if self._trainers and not packages & WRITE and not names_writer(self._named):
            # Lightning writes there what its modules give it to log.
            self.logs.integrations.discard("sync_tensorboard")
        if synced or not self._trains_without_logger():
            for call, scope in self._given_to_trainer:
                if is_of_trainer(scope):
                    self.logs.patterns |= RENAMED
                else:
                    self._note_given(call, scope)
        bases = self._bases()
        self.logs.integrations |= (bases & TRAINERS) - set(flow.scopes.classes)
        self.logs.integrations -= _TRAINERS if self._trainer_is_silent else set()
        if self.logs.integrations & TRAINERS:
            self.logs.evaluated = evaluated_names(flow, self._keys)
        self._read_keras()
        self._read_tensorboard(packages)
        # The module that a package brings along logs what that package says.
        if (self._trainers and "LightningModule" not in bases) or flow.sources.is_elsewhere:
            self._may_log_any()

    def _read_keras(self) -> None:
        """What the callbacks of wandb's for Keras log, where the source shows all of it."""
        used = self.logs.integrations & CALLBACKS
        if not used or not all(is_keras(name, self._flow) for name in used):
            return
        patterns = [keras_names(name, self._flow) for name in used]
        if None in patterns:
            return
        self.logs.integrations -= CALLBACKS
        self._note_by_others({pattern for found in patterns for pattern in found or ()})

    def _read_tensorboard(self, packages: set[str]) -> None:
        """What is written to TensorBoard's files, where the source shows all of it."""
        is_read = self.logs.opens_run and self.logs.integrations & TENSORBOARD
        idle = set() if self._trainers else LIGHTNING
        idle = idle if self.logs.integrations & TRAINERS else idle | {"transformers"}
        tags = written_tags(self._flow, self._keys, packages - idle) if is_read else None
        if tags is None:
            return
        self.logs.integrations -= TENSORBOARD
        for tag in tags:
            # W&B may put the folder's name before them.
            folder = {f".*/{one}" for one in tag.patterns}
            self._note_all(tag.patterns | folder, None, tag.node, tag.scope)
        for one in by_stable_baselines(packages, self._flow):
            self._note_by_others({one, f".*_1/{one}"})  # That is the folder of its first run.

    def _note_by_others(self, patterns: set[str]) -> None:
        for pattern in patterns:
            plain = _unescaped(pattern)
            if plain is None or plain.startswith(("batch/", "best_")):
                self.logs.patterns.add(pattern)
            else:
                self.logs.names.setdefault(plain, (self._flow.sources.entry.file, 1))
                self.logs.free.add(plain)

    def _trains_without_logger(self) -> bool:
        """Whether what Lightning's modules log goes to its own files alone."""
        plain = (
            not one.args and {"logger", None}.isdisjoint(keywords(one)) for one in self._trainers
        )
        return bool(self._trainers) and "WandbLogger" not in self._named and all(plain)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Call):
            self._visit_call(node, scope)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._visit_summary(target, scope)
        elif isinstance(node, _NAMING) and not is_remark(node, self._flow.scopes.parents):
            named = getattr(node, "id", None) or getattr(node, "attr", None) or text(node) or ""
            self._named.add(named)
            self.logs.unclear |= is_log(node, scope, self._flow)
            if named in _INTEGRATIONS and isinstance(node, ast.Name):
                self._visit_handed(node, scope)
        elif isinstance(node, ast.keyword) and node.arg not in ("sync_tensorboard", "report_to"):
            self.logs.mentions_wandb |= "wandb" in (node.arg or "")
        elif isinstance(node, ast.keyword):
            value = node.value
            if node.arg == "report_to":
                self.logs.reports.append((value, scope))
            off = isinstance(value, ast.Constant) and value.value in (False, None, "none")
            if not off:
                self.logs.integrations.add(str(node.arg))
            elif text(value) == "none":
                self._trainer_is_silent = True

    def _visit_handed(self, node: ast.Name, scope: Scope) -> None:
        """`partial(WandbCallback, ...)`: whoever gets a class makes objects of it."""
        parent = self._flow.scopes.parents.get(id(node))
        while isinstance(parent, ast.Tuple | ast.List | ast.keyword):
            parent = self._flow.scopes.parents.get(id(parent))
        is_argument = isinstance(parent, ast.Call) and parent.func is not node
        if is_argument and node.id in scope.module.outside:
            self.logs.integrations.add(node.id)

    def _bases(self) -> set[str]:
        """The last names of what the program's classes derive from."""
        classes = self._flow.scopes.classes.values()
        bases = (dotted(base) for found in classes for node in found for base in node.bases)
        return {base.rpartition(".")[2] for base in bases}

    def _visit_summary(self, target: ast.expr, scope: Scope) -> None:
        if not isinstance(target, ast.Attribute | ast.Subscript):
            return
        if any(kind.what == "summary" for kind in self._flow.kinds(target.value, scope)):
            if isinstance(target, ast.Attribute):
                self._note(target.attr, target, scope)
            else:
                self._note_all(self._keys.texts(target.slice, scope), target.slice, target, scope)

    def _visit_call(self, node: ast.Call, scope: Scope) -> None:
        name = called_name(node)
        self._visit_handing(node, scope)
        called = full_name(node.func, scope.module.outside)
        self.logs.made |= called in MAKERS or (
            name.endswith("LightningCLI") and not node.args and "model_class" not in keywords(node)
        )
        if self._flow.scopes.made.hides(node, scope):
            self._may_log_any()
        if called == "wandb.tensorboard.patch":
            self.logs.integrations.add("sync_tensorboard")
        if name == "Trainer" and self._is_lightning(node.func, scope):
            self._trainers.append(node)
        local = bool(self._flow.scopes.resolve(node.func, scope))
        if not isinstance(node.func, ast.Attribute):
            if not local and (by_itself := self._logs_itself(node, scope)):
                self.logs.integrations.add(by_itself)
            if any(kind.what == "run" for kind in self._flow.kinds(node, scope)):
                self.logs.opens_run = True
                return
            if scope.module.outside.get(name) == "wandb.log":
                self._note_log(node, scope)
            return
        base = self._flow.kinds(node.func.value, scope)
        what = {kind.what for kind in base}
        # Hugging Face's accelerate opens a run, and logs what it is given.
        self.logs.opens_run |= name == "init_trackers"
        if name == "init" and "wandb" in what:
            self.logs.opens_run = True
        elif name == "log" and what & {"wandb", "run"}:
            self._note_log(node, scope)
        elif name == "update" and "summary" in what:
            self._note_dict(argument(node, "d"), node, scope)
        elif name in _WRAPPED and first_given(node) is not None and not local:
            if name == "log" and is_accelerator(node.func.value, scope):
                self.logs.calls.append((node, scope))
            if name in ("log", "log_dict") and is_name(node.func.value, "self"):
                self._given_to_trainer.append((node, scope))
            else:
                self._note_given(node, scope)
        elif not local and (by_itself := self._logs_itself(node, scope)):
            self.logs.integrations.add(by_itself)
        elif "wandb" in what and name.islower() and name not in _SILENT:
            self._may_log_any()

    def _visit_handing(self, node: ast.Call, scope: Scope) -> None:
        """Whoever gets the run may log to it."""
        is_partial = called_name(node) == "partial" and bool(node.args)
        if self._flow.scopes.resolve(node.args[0] if is_partial else node.func, scope):
            return
        base = self._flow.kinds(getattr(node.func, "value", None), scope)
        if asks_by_text(node):
            return
        handed = {k.what for value in given(node) for k in self._flow.kinds(value, scope)}
        if handed & {"run", "wandb"} and not base and called_name(node) not in _LOOKS:
            self._may_log_any()

    def _note_log(self, node: ast.Call, scope: Scope) -> None:
        """`run.log({...})` of W&B itself."""
        self.logs.calls.append((node, scope))
        self._note_dict(argument(node, "data"), node, scope)

    def _note_given(self, node: ast.Call, scope: Scope) -> None:
        """`self.log("name", value)` and `logger.log({...})` of other packages."""
        first = first_given(node)
        assert first is not None  # noqa: S101 - the caller looked
        if called_name(node) in ("log_dict", "log_metrics"):
            # Hugging Face's `trainer.log_metrics("eval", metrics)` prints them.
            if text(first) is None:
                self._note_dict(first, node, scope)
            return
        if any(isinstance(one, ast.Starred) for one in node.args) or is_math(node.func):
            return  # Python's own loggers; `np.log` of a name that a star import brings.
        if len(node.args) == 1 or isinstance(first, ast.Dict):
            if not self._is_module(node.func, scope):  # math.log and its kin.
                self._note_dict(first, node, scope)
            return
        self._note_all(self._keys.texts(first, scope), first, node, scope)

    def _logs_itself(self, node: ast.Call, scope: Scope) -> str:
        """What logs without being told what, where that is called; empty for anything else."""
        name = called_name(node)
        origin = scope.module.outside.get(root_name(node.func), "")
        is_theirs = origin and _OF_WANDB.match(name)
        if name not in _INTEGRATIONS and not is_theirs:
            trains = name.endswith("Trainer") and origin.partition(".")[0] in _TRAINING
            # Before it became one like the others, that for PPO had names of its own.
            name = ("Trainer" if name != "PPOTrainer" else name) if trains else ""
        # Of Stable-Baselines3 the callback logs gradients; metrics come by `sync_tensorboard`.
        from_sb3 = ".sb3" in full_name(node.func, scope.module.outside)
        return "" if from_sb3 or self._is_lightning(node.func, scope) else name

    def _is_lightning(self, called: ast.expr, scope: Scope) -> bool:
        """Lightning logs what `self.log` is given, and nothing else."""
        return "lightning" in scope.module.outside.get(root_name(called), "")

    def _is_module(self, called: ast.expr, scope: Scope) -> bool:
        return root_name(called) in scope.module.outside

    def _note(self, name: str, node: ast.AST, scope: Scope) -> None:
        place = (scope.module.file, getattr(node, "lineno", 1))
        self.logs.names.setdefault(name, place)
        self.logs.places.setdefault(name, []).append((node, scope))
        guards = self._guards(node, scope)
        if guards:
            self.logs.guarded.setdefault(name, (guards, place))
        else:
            self.logs.free.add(name)

    def _guards(self, node: ast.AST, scope: Scope) -> set[Keys]:
        """The hyperparameters that decide whether a place is reached."""
        found: set[Keys] = set()
        for outer in self._flow.scopes.outwards(node):
            if isinstance(outer, ast.If) and not outer.orelse:
                found |= self._asked(outer.test, scope)
        return found

    def _asked(self, test: ast.expr, scope: Scope) -> set[Keys]:
        """The hyperparameters that decide alone; none where something else has a say: an epoch."""
        found: set[Keys] = set()
        is_start = scope is self._flow.start
        own = {arg.arg for arg in scope.parameters} if is_start else set()
        for part in walk(test):
            kinds = self._flow.kinds(part, scope)
            if not self._is_part_of_name(part):
                found |= {kind.path for kind in kinds if kind.path}
            if isinstance(part, ast.Name) and not kinds:
                if part.id not in own:
                    return set()
                found.add((part.id,))
        return found

    def _is_part_of_name(self, node: ast.AST) -> bool:
        """Whether a dotted name goes on after a node: `args` of `args.epochs`."""
        outer = self._flow.scopes.parents.get(id(node))
        call = self._flow.scopes.parents.get(id(outer))
        is_method = isinstance(call, ast.Call) and call.func is outer
        return isinstance(outer, ast.Attribute) and not is_method

    def _may_log_any(self) -> None:
        self.logs.unclear = self.logs.foreign = self.logs.handed = True

    def _note_dict(self, value: ast.expr | None, node: ast.AST, scope: Scope) -> None:
        if value is not None and self._keys.is_config(value, scope):
            self.logs.logs_config = True
            return
        self._note_all(self._keys.keys(value, scope), value, node, scope)

    def _note_all(
        self, patterns: set[str] | None, value: ast.expr | None, node: ast.AST, scope: Scope
    ) -> None:
        if patterns is None:
            self.logs.unclear = True
            self.logs.foreign |= value is None or not Origins(self._flow).is_own(value, scope)
            return
        if isinstance(node, ast.Call):
            patterns = {f"{one}{ending}" for one in patterns for ending in endings(node, scope)}
        for pattern in patterns:
            if (plain := _unescaped(pattern)) is not None:
                self._note(plain, node, scope)
            elif pattern.replace(".*", ""):
                self.logs.patterns.add(pattern)
            else:
                self.logs.unclear = self.logs.foreign = True


def _unescaped(pattern: str) -> str | None:
    """The one text that a pattern matches, None when it matches several."""
    if ".*" in re.sub(r"\\.", "", pattern):
        return None
    return re.sub(r"\\(.)", r"\1", pattern)

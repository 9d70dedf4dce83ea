"""What Lightning's trainers take of a program's arguments."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import called_name, full_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes

# The parameters of `Trainer`, in every version that has `from_argparse_args`.
_TAKES = frozenset(
    {
        *("accelerator", "accumulate_grad_batches", "amp_backend", "amp_level", "auto_lr_find"),
        *("auto_scale_batch_size", "auto_select_gpus", "benchmark", "callbacks"),
        *("check_val_every_n_epoch", "checkpoint_callback", "default_root_dir"),
        *("detect_anomaly", "deterministic", "devices", "distributed_backend"),
        *("early_stop_callback", "enable_checkpointing", "enable_model_summary"),
        *("enable_progress_bar", "fast_dev_run", "flush_logs_every_n_steps", "gpus"),
        *("gradient_clip_algorithm", "gradient_clip_val", "inference_mode", "ipus"),
        *("limit_predict_batches", "limit_test_batches", "limit_train_batches"),
        *("limit_val_batches", "log_every_n_steps", "log_gpu_memory", "log_save_interval"),
        *("logger", "max_epochs", "max_steps", "max_time", "min_epochs", "min_steps"),
        *("move_metrics_to_cpu", "multiple_trainloader_mode", "num_nodes", "num_processes"),
        *("num_sanity_val_steps", "num_tpu_cores", "overfit_batches", "overfit_pct", "plugins"),
        *("precision", "prepare_data_per_node", "print_nan_grads", "process_position"),
        *("profiler", "progress_bar_refresh_rate", "reload_dataloaders_every_epoch"),
        *("reload_dataloaders_every_n_epochs", "replace_sampler_ddp", "resume_from_checkpoint"),
        *("row_log_interval", "stochastic_weight_avg", "strategy", "sync_batchnorm"),
        *("terminate_on_nan", "test_percent_check", "tpu_cores", "track_grad_norm"),
        *("train_percent_check", "truncated_bptt_steps", "use_amp", "val_check_interval"),
        *("val_percent_check", "weights_save_path", "weights_summary"),
    }
)
# What has Lightning look for the best batch size or rate by itself.
_TUNES = frozenset(
    {
        *("BatchSizeFinder", "LearningRateFinder", "LightningCLI", "Tuner", "auto_lr_find"),
        *("auto_scale_batch_size", "from_argparse_args", "lr_find", "scale_batch_size"),
    }
)
# What Lightning itself may look for among a module's parameters, or its attributes.
TUNED = frozenset({"batch_size", "learning_rate", "lr"})
LIGHTNING = frozenset({"LightningDataModule", "LightningModule"})
LOOKED_AT = frozenset(
    {
        *("automatic_optimization", "device", "dtype", "example_input_array", "fabric", "logger"),
        *("name", "precision", "prepare_data_per_node", "strict_loading", "trainer"),
    }
)
_PACKAGES = ("lightning.", "pytorch_lightning.")


def is_left_out(name: str, node: ast.AST, scope: Scope, scopes: Scopes) -> bool:
    """Whether a trainer gets all arguments, and has no parameter of a name.

    Args:
        name: The argument's.
        node: All of the arguments.
        scope: The scope around them.
        scopes: The program.
    """
    call = scopes.parents.get(id(node))
    if not isinstance(call, ast.Call) or node not in call.args or name in _TAKES:
        return False
    called = full_name(call.func, scope.module.outside)
    return called.startswith(_PACKAGES) and called.endswith("Trainer.from_argparse_args")


def may_tune(scopes: Scopes) -> bool:
    """Whether Lightning itself may look for `batch_size` or `lr` on a module, to change it."""
    for scope in scopes.everywhere:
        for node in scope.each(ast.Name, ast.Attribute, ast.Call):
            if isinstance(node, ast.Call):
                given = {keyword.arg for keyword in node.keywords}
                trains = called_name(node).endswith("Trainer")
                if not _TUNES.isdisjoint(given) or (trains and None in given):
                    return True
            elif (node.id if isinstance(node, ast.Name) else node.attr) in _TUNES:
                return True
    return False

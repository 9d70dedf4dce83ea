from datasets import load_dataset
from trl import DPOConfig, DPOTrainer, TrlParser

(config,) = TrlParser((DPOConfig,)).parse_args_and_config()
data = load_dataset("pairs")
DPOTrainer("net", args=config, train_dataset=data["train"], eval_dataset=data["test"]).train()

import wandb
from datasets import load_dataset
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments


def main():
    wandb.init(project="finetune")
    cfg = wandb.config
    model = AutoModelForCausalLM.from_pretrained("gpt2")
    extra = {}
    if cfg.scheduler:
        extra["lr_scheduler_type"] = cfg.scheduler
    args = TrainingArguments(
        output_dir="out",
        report_to="wandb",
        learning_rate=cfg.lr,
        num_train_epochs=cfg.epochs,
        warmup_ratio=cfg.warmup_ratio,
        **extra,
    )
    data = load_dataset("wikitext", "wikitext-2-raw-v1")
    Trainer(model, args, train_dataset=data["train"], eval_dataset=data["test"]).train()


if __name__ == "__main__":
    main()

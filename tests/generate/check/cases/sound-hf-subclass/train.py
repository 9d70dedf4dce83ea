from transformers import HfArgumentParser, Trainer, TrainingArguments


class OwnTrainer(Trainer):
    def compute_loss(self, model, inputs):
        return model(**inputs).loss


(arguments,) = HfArgumentParser((TrainingArguments,)).parse_args_into_dataclasses()
trainer = OwnTrainer(args=arguments)
trainer.train()
trainer.log_metrics("eval", trainer.evaluate())

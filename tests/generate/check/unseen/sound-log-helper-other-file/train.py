import wandb
from util import AverageMeter, log_metrics
def main():
    run = wandb.init()
    m = {"loss": AverageMeter(), "acc": AverageMeter()}
    m["loss"].update(run.config.lr); m["acc"].update(run.config.width)
    log_metrics("val", {k: v.avg for k, v in m.items()})
main()

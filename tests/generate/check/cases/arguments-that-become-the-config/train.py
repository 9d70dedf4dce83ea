from options import args

if __name__ == "__main__":
    if args.wandb_activate:
        import wandb

        wandb.init(config=args)
        args = wandb.config
    loss = args.lr * 2
    if args.wandb_activate:
        wandb.log({"loss": loss})

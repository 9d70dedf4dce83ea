def fit(run, args):
    run.log({"val/accuracy": args.depth})

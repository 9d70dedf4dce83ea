def fit(run, args):
    run.log({"accuracy": args.width})

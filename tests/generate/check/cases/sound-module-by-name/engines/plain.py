def fit(run, args):
    for epoch in range(3):
        run.log({"accuracy": epoch * args.width})

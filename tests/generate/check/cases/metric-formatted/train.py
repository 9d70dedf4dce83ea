import wandb

with wandb.init() as run:
    for station in ("north", "south"):
        run.log({"station_{}".format(station): run.config.lr})
        run.log({"%s/%.1f" % (station, 0.5): 1})

import experiment_buddy

import settings

experiment_buddy.register_defaults(vars(settings))
writer = experiment_buddy.deploy(wandb_kwargs={"mode": "online"})
writer.add_scalar("loss", settings.lr)

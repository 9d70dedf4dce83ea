import hydra


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    model = hydra.utils.instantiate(cfg.model)
    callbacks = [hydra.utils.instantiate(one) for one in cfg.callbacks.values()]
    logger = hydra.utils.instantiate(cfg.logger)
    trainer = hydra.utils.instantiate(cfg.trainer, callbacks=callbacks, logger=logger)
    trainer.fit(model)


if __name__ == "__main__":
    main()

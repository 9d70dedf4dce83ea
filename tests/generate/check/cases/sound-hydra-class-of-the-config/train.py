import hydra


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    hydra.utils.get_class(cfg._target_)(cfg).run()


if __name__ == "__main__":
    main()

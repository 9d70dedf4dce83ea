from pathlib import Path

import hydra


@hydra.main(version_base=None, config_path=str(Path(__file__).parent.joinpath("conf")))
def main(cfg):
    workspace = hydra.utils.get_class(cfg._target_)
    workspace(cfg).run()


if __name__ == "__main__":
    main()

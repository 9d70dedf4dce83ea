from dataclasses import dataclass

from hydra.core.config_store import ConfigStore


@dataclass
class Net:
    width: int = 1


ConfigStore.instance().store(group="net", name="schema", node=Net)

from somelib import DQN


class Agent(DQN):
    def learn(self, steps):
        return super().learn(2 * steps)

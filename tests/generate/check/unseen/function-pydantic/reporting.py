from statistics import mean


class Reporter:
    """Means of errors, sent when asked."""

    def __init__(self, run):
        self.run = run
        self.errors: list[float] = []

    def add(self, error: float) -> None:
        self.errors.append(error)

    def flush(self) -> None:
        payload = {"n": len(self.errors)}
        payload.update(mae=mean(self.errors))
        self.run.log(payload)
        self.errors.clear()

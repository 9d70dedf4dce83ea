class Plain:
    def fit(self):
        return 0

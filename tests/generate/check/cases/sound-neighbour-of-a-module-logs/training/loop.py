import reports


def fit(config):
    reports.report(config.lr)

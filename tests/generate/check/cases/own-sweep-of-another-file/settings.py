SWEEP = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"scale": {"min": 0.1, "max": 1.0}},
}

import wandb


def evaluate(rows, rate):
    total = 0.0
    right = 0
    for row in rows:
        total += (row * rate).item()
        right += 1
    return total / len(rows), [total, right], right


def largest(values):
    return max(values)


run = wandb.init()
rows = [[1, 2], [3]]
losses, parts, right = evaluate(rows, run.config.lr)
for step, (loss, part) in enumerate(zip(losses, parts)):
    run.log({"loss": loss, "part": part}, step=step)
shares = [share for share in right]
for value in largest(rows):
    print(value, shares)

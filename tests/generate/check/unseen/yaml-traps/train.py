import wandb

run = wandb.init()
c = run.config
w, v = 1.0, 0.0
for step in range(int(c.steps)):
    grad = w + c.decay * w
    grad = max(-c.clip, min(c.clip, grad))
    v = c.momentum * v - c.lr * grad / c.width
    w += v
    loss = w * w
    if c.mode == "auto":
        loss += 0.1
    if c.bias:
        loss += 0.2
    run.log({"loss": loss, "pool": c.pool})
run.finish()

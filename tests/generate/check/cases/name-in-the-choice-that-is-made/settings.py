MODE = "slow"
FAST = 1

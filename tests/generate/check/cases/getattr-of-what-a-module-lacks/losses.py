def mse(x):
    return x**2


mae = abs

def square(value):
    return value**2

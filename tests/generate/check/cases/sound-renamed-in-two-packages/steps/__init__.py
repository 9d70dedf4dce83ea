from .fitting import train as fit

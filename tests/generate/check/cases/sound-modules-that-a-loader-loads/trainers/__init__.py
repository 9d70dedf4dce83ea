import pkgutil

for loader, name, _ in pkgutil.walk_packages(__path__):
    globals()[name] = loader.find_spec(name).loader.load_module(name)

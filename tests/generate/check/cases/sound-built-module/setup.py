from setuptools import Extension, setup

setup(name="net", ext_modules=[Extension("net.fast", ["src/fast.c"])])

from setuptools import setup

setup(name="work", packages=["work"])

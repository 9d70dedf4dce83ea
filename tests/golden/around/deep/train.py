from deep.net import  Net
from . import readers
def fit(x: int) -> dict:
    from deep.late import shift
    return {'score': Net(x)( readers.labels() ) + shift}

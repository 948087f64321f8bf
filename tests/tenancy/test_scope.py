import pytest
from flask import Flask

from tests.support.factories import make_person


def test_x(core: Flask) -> None:
    import time
    t=time.time(); a = make_person(); print(time.time()-t)
    t=time.time(); a = make_person(); print(time.time()-t)
    assert a.id

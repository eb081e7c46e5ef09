import pytest
from judging import Judge, told


@pytest.fixture
def judge() -> Judge:
    return told

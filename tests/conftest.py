import os

from hypothesis import HealthCheck, settings

os.environ["COZYGEN_CACHE_DIR"] = "none"  # tests that are about what is remembered say so themselves

settings.register_profile(
    "everyday",
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("everyday")

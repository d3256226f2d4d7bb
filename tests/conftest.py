"""What every test may ask for."""

pytest_plugins = ["tests.backends.kafka", "tests.backends.mongodb"]

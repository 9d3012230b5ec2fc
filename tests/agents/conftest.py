from tests.people import commits, listen  # noqa: F401 # a fixture is found where it is imported

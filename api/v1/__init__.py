"""The HTTP API, version 1. Each module is one router; what they do is in `api/record`. Begin with `register.py`."""

"""What those who run the service can see of it: logs, figures and whether it can serve; never anything of a patient.

Begin in `requests.py`, which sees every request. Nothing here may read a body, a query, a path or an error's message.
"""

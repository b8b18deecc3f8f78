"""From the items to what people and machines fill in: the strict input model, the FHIR Questionnaire, identity numbers.

Pure functions of values. No rule and no score is decided here. Begin reading in `model.py`.
"""

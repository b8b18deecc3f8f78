"""The scores: CFS by its tree, medicines, comorbidity. Each gives an interval with the facts that carry its ends."""

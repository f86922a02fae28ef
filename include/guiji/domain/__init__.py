"""Values of the field: credit codes, dates, working days, amounts, persons."""

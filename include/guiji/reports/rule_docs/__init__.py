"""The handbook of rules: one page per rule, for whoever has to mend a row."""

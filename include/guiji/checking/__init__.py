"""Great Expectations judges a batch; every fault becomes a finding."""

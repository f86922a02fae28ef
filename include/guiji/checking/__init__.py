"""Rules judge a batch; each fault is a finding, each bad row goes to quarantine."""

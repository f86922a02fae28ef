"""The command line: verbs over `guiji.pipeline`."""

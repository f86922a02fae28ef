"""The command line: verbs over the functions of `guiji.pipeline`."""

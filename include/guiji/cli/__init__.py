"""The command line: verbs over `guiji.steps`."""

"""Text becomes the types of the catalogue; what will not go keeps its text."""

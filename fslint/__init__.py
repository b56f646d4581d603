"""fslint: a linter for FullStory tracking that spans browser and server."""

__version__ = "0.1.0"

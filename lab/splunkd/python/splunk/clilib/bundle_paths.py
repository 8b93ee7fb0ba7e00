"""`splunk.clilib.bundle_paths`: paths below SPLUNK_HOME."""

import os


def make_splunkhome_path(parts):
    """The absolute path of `parts` below SPLUNK_HOME; ValueError for one that leaves it."""
    home = os.path.normpath(os.environ["SPLUNK_HOME"])
    path = os.path.normpath(os.path.join(home, *parts))
    if path != home and not path.startswith(home + os.sep):
        raise ValueError(f"the path {path} leaves SPLUNK_HOME")
    return path

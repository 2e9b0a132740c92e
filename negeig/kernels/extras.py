"""How to install what an extra of the project has. Imports the standard library only."""


def in_a_clone(extra: str) -> str:
    """Return the command that installs an extra: the project is in no index, so from its clone.

    Examples
    --------
    >>> in_a_clone("peers")
    "pip install -c constraints.txt -e '.[peers]' in a clone of negeig"
    """
    return f"pip install -c constraints.txt -e '.[{extra}]' in a clone of negeig"

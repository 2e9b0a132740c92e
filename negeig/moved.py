"""Where things went: a module that is asked for under its old name fails with its new one."""


def install() -> None:
    pass

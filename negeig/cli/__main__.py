"""``python -m negeig.cli``: the command line."""

from negeig.cli.program import main

if __name__ == "__main__":
    main()
